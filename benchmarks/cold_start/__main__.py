"""`make bench NAME=cold_start`: how soon a function is ready on Lambda, and what its requests cost.

Starts each function at each memory size, in turn, round by round, so that other work on the machine
disturbs all of them alike. Needs a Docker daemon on this machine, which must run Linux. `--report`
draws the tables of the last run again.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.cold_start.containers import Function, FunctionDied, container, docker, functions
from benchmarks.cold_start.report import OURS, ColdStartResult, Start, Starts, tables
from benchmarks.cold_start.runtime_api import runtime_api
from benchmarks.measuring.machine import load_average, machine
from benchmarks.measuring.processes import ROOT, peak_mb
from benchmarks.measuring.results import publish, store, stored
from benchmarks.measuring.texts import SHORT, mixed
from handler.settings import MEMORY_PER_CPU
from model_layer import load_encoder

MEMORY = (512, 1_024, MEMORY_PER_CPU, 3_008)  # MB
WARM_CALLS = 50
BATCH = 200  # texts of mixed lengths in a request, for the throughput
DROP_CACHES = Path("/proc/sys/vm/drop_caches")


def event(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((ROOT / "events" / f"{name}.json").read_text())
    return read


def request(texts: Sequence[str]) -> dict[str, Any]:
    """The event of a request for base64 vectors, as OpenAI's clients send it."""
    body = json.dumps({"input": texts, "encoding_format": "base64"})
    return {**event("http-api-v2"), "body": body}


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
            first_ms=api.invoke(short),
            warm_ms=statistics.median(api.invoke(short) for _ in range(WARM_CALLS)),
            peak_mb=peak_mb(one.pid),
            batch_ms=api.invoke(batch) if batch else None,
        )


def measure(
    functions: Sequence[Function], batch: dict[str, Any], *, rounds: int, cold_rounds: int
) -> list[Starts]:
    """All functions at all sizes, in turn; then, without the page cache, at one size.

    Ours also gets requests with token ids, in starts of its own: the others take none.
    """
    text, ids = request([SHORT]), event("http-api-v2-token-ids")
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


def run(options: argparse.Namespace) -> ColdStartResult:
    try:
        version = docker("version", "--format", "{{.Server.Version}}").strip()
        contestants = functions(options.image)
    except subprocess.CalledProcessError as error:
        sys.exit(f"Docker could not do what the benchmark needs: {error.stderr.strip()}")
    texts = mixed(BATCH)
    tokens = int(load_encoder().encode(texts).token_counts.sum())
    cold_rounds = options.rounds if options.drop_caches else 0
    measured = measure(contestants, request(texts), rounds=options.rounds, cold_rounds=cold_rounds)
    # An idle machine has less than 0.5 at first and some 1 at last; more shows other work.
    load = f"{load_average()}, {os.getloadavg()[0]:.1f} at last"
    setting = (
        f"{options.rounds} starts each, in turn; Docker {version}; {load}; medians; "
        "the page cache is warm unless stated otherwise"
    )
    return ColdStartResult(setting, machine("torch", "sentence-transformers"), tokens, measured)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench NAME=cold_start", description=__doc__)
    parser.add_argument("--image", default="minilm-lambda:latest", help="built if it is missing")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument(
        "--drop-caches",
        action="store_true",
        help="also start with an empty page cache: this machine's own, so only root can",
    )
    parser.add_argument("--report", action="store_true")
    options = parser.parse_args()
    if options.drop_caches and not os.access(DROP_CACHES, os.W_OK):
        parser.error("--drop-caches empties the page cache of this machine: only root can.")
    if not options.report:
        store("cold-start", run(options))
    publish("cold-start", *tables(stored("cold-start", ColdStartResult)))


if __name__ == "__main__":
    main()
