"""The Runtime API of the cold start benchmark serves the real runtime client."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace

from benchmarks.cold_start.__main__ import request
from benchmarks.cold_start.report import EMPTY, OURS, TUNED, ColdStartResult, Start, Starts, tables
from benchmarks.cold_start.runtime_api import runtime_api
from benchmarks.measuring.processes import ROOT
from benchmarks.measuring.reference import REFERENCE
from handler.settings import MEMORY_PER_CPU


def test_the_real_runtime_client_asks_for_work_and_answers() -> None:
    command = [
        sys.executable,
        "-m",
        "awslambdaric",
        "benchmarks.functions.hello.app.lambda_handler",
    ]
    with runtime_api() as api:
        environment = {**os.environ, "AWS_LAMBDA_RUNTIME_API": api.address}
        with subprocess.Popen(command, cwd=ROOT, env=environment) as runtime:
            try:
                api.asked.get(timeout=30)
                assert 0 < api.invoke(request(["a cat"])) < 10_000
            finally:
                runtime.kill()


def test_an_init_is_compared_at_its_own_size_and_a_failure_is_told() -> None:
    def starts(name: str, memory: int, init_ms: float) -> Starts:
        return Starts(name, memory, starts=[Start(init_ms, 1.0, None, 5.0, 4.0, 100.0, 10.0)])

    failed = Starts(REFERENCE, 512, failure="it says\nout of memory")
    measured = [starts(OURS, 512, 300.0), starts(EMPTY, 512, 200.0), failed]
    measured += [starts(OURS, MEMORY_PER_CPU, 150.0), starts(EMPTY, MEMORY_PER_CPU, 50.0)]
    sizes = tables(ColdStartResult("", "", 100, measured))[1].splitlines()[2:]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in sizes]
    assert [row[2:5] for row in rows] == [
        ["300 (300–300)", "1.50", "–"],
        ["200 (200–200)", "1.00", "–"],
        ["out of memory", "–", "–"],
        ["150 (150–150)", "3.00", "–"],
        ["50 (50–50)", "1.00", "–"],
    ]


def test_the_empty_function_is_compared_in_both_its_forms() -> None:
    inits = {OURS: 300.0, EMPTY: 200.0, TUNED: 150.0}
    measured = [
        Starts(name, MEMORY_PER_CPU, cold=True, starts=[Start(ms, 1.0, 9.0, 5.0, 4.0, 100.0, 10.0)])
        for name, ms in inits.items()
    ]
    warm = [replace(one, cold=False) for one in measured]
    parts = tables(ColdStartResult("", "", 100, [*warm, *measured]))
    for part in (parts[1], parts[3]):
        header, _, ours, *_ = part.splitlines()
        assert f"÷ {EMPTY} " in header
        assert f"÷ {TUNED} " in header
        assert REFERENCE not in header
        assert re.search(r"\| +1\.50 \| +2\.00 \|", ours)
