"""`make bench-cold`: how soon a function is ready on Lambda, and what its requests cost.

Starts each function at each memory size, in turn, round by round, so that whatever else the
machine does meets all of them. Prints a table of medians with their spread; saves it, with a plot,
in `benchmarks/results/`. Needs a Docker daemon on this machine, which must run Linux.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.cold_report import OURS, Start, Starts, report
from benchmarks.containers import Function, FunctionDied, container, docker, functions
from benchmarks.texts import SHORT, mixed
from handler.settings import MEMORY_PER_CPU
from model_layer import load_encoder
from tests.runtime_api import RuntimeApi

MEMORY = (512, 1_024, MEMORY_PER_CPU, 3_008)  # MB
WARM_CALLS = 50
BATCH = 200  # texts of mixed lengths in a request, for the throughput
DROP_CACHES = Path("/proc/sys/vm/drop_caches")
EVENTS = Path(__file__).parents[1] / "events"


def request(texts: Sequence[str]) -> dict[str, Any]:
    """The event of a request for the texts' vectors, in base64 as OpenAI's clients ask for them."""
    event: dict[str, Any] = json.loads((EVENTS / "http-api-v2.json").read_text())
    event["body"] = json.dumps({"input": texts, "encoding_format": "base64"})
    return event


def invoke(api: RuntimeApi, event: dict[str, Any]) -> float:
    """The milliseconds until the answer."""
    outcome = api.invoke(event)
    assert outcome.kind == "response" and outcome.body["statusCode"] == 200, outcome.body
    return outcome.seconds * 1000


@contextmanager
def runtime_api() -> Iterator[RuntimeApi]:
    api = RuntimeApi()
    yield api
    api.close()


def start(
    function: Function, memory: int, short: dict[str, Any], batch: dict[str, Any] | None
) -> Start:
    """One life of a container. Raises FunctionDied."""
    with runtime_api() as api, container(function, memory, api) as one:
        ready = one.wait(api)
        return Start(
            init_ms=(ready - one.started()) * 1000,
            init_cpu_ms=one.cpu_ms(),
            read_mb=one.read_mb(),
            first_ms=invoke(api, short),
            warm_ms=statistics.median(invoke(api, short) for _ in range(WARM_CALLS)),
            peak_mb=one.peak_mb(),
            batch_ms=invoke(api, batch) if batch else None,
        )


def measure(
    functions: Sequence[Function], batch: dict[str, Any], *, rounds: int, cold_rounds: int
) -> list[Starts]:
    """All functions at all sizes, in turn; then, without the page cache, at one size.

    Ours once more with token ids for its requests: the others take none.
    """
    text = request([SHORT])
    ids: dict[str, Any] = json.loads((EVENTS / "http-api-v2-token-ids.json").read_text())
    warm = [Starts(one.name, memory) for memory in MEMORY for one in functions]
    warm.append(Starts(OURS, MEMORY_PER_CPU, ids=True))
    cold = [Starts(one.name, MEMORY_PER_CPU, cold=True) for one in functions]
    by_name = {one.name: one for one in functions}
    for measured, times in ((warm, rounds), (cold, cold_rounds)):
        for number in range(times):
            for one in measured:
                if one.cold:
                    os.sync()
                    DROP_CACHES.write_text("3")
                wants_batch = one.memory == MEMORY_PER_CPU and not one.cold
                requests = (ids if one.ids else text, batch if wants_batch else None)
                try:
                    one.starts.append(start(by_name[one.name], one.memory, *requests))
                except FunctionDied as error:
                    one.failure = str(error)
            print(f"round {number + 1} of {times}{', cold' * measured[0].cold}", file=sys.stderr)
    return [*warm, *cold]


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench-cold", description=__doc__)
    parser.add_argument("--image", default="minilm-lambda:latest", help="built if it is not there")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument(
        "--drop-caches",
        action="store_true",
        help="start as often with an empty page cache, too: the machine's own, so it takes root",
    )
    options = parser.parse_args()
    if options.drop_caches and not os.access(DROP_CACHES, os.W_OK):
        parser.error("--drop-caches empties the page cache of this machine: only root can.")
    # An idle machine has less than 0.5 at first, some 1 at last: others' work shows.
    load = os.getloadavg()[0]
    try:
        version = docker("version", "--format", "{{.Server.Version}}").strip()
        contestants = functions(options.image)
    except subprocess.CalledProcessError as error:
        sys.exit(f"Docker could not do what the benchmark needs: {error.stderr.strip()}")
    texts = mixed(BATCH)
    tokens = int(load_encoder().encode(texts).token_counts.sum())
    cold_rounds = options.rounds if options.drop_caches else 0
    measured = measure(contestants, request(texts), rounds=options.rounds, cold_rounds=cold_rounds)
    setting = (
        f"{options.rounds} starts each, in turn; Docker {version}; "
        f"load average {load:.1f} at first, {os.getloadavg()[0]:.1f} at last"
    )
    report(setting, measured, tokens=tokens)


if __name__ == "__main__":
    main()
