"""`make bench NAME=requests`: what a request costs beside its encoding.

First `lambda_handler` beside the bare `encode`, in one process: each round runs all of them on the
same texts, in an order of its own, and the overhead is the median of the rounds' differences. Its
quartiles tell whether it stands out from the noise. Then the stages of the largest requests:
LangChain's (1,000 lists of token ids, 300,000 in all), and answers with 2,048 vectors. Then the
local server (see `local_server`), which `--server` measures alone; that saves nothing. `--report`
draws the tables of the last run again.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measuring.lambda_context import Context
from benchmarks.measuring.machine import load_average, machine
from benchmarks.measuring.processes import ROOT
from benchmarks.measuring.results import publish, store, stored
from benchmarks.measuring.tables import table
from benchmarks.measuring.texts import SHORT, mixed
from benchmarks.requests.local_server import ServerFigures, measure_server, server_table

IDS = 100_256  # the ids of cl100k that stand for text
LARGE = 2_048  # texts in the largest request


@dataclass
class Overhead:
    """Milliseconds of the same work in different ways, a number a round."""

    name: str
    encode: list[float]  # bare
    event: list[float]  # through `lambda_handler`, from an HTTP event
    direct: list[float]  # … and invoked directly


@dataclass
class Stages:
    """Milliseconds of one request, by stage."""

    name: str
    encode: float
    read: float  # parse and decode
    respond: float


@dataclass
class RequestsResult:
    """A run, as results/requests.json keeps it."""

    setting: str
    machine: str
    overheads: list[Overhead]
    stages: list[Stages]
    server: ServerFigures | None = None


def overhead(name: str, texts: Sequence[str], *, rounds: int) -> Overhead:
    from handler.api import embeddings, lambda_handler

    payload = {"input": texts, "encoding_format": "base64"}
    event: dict[str, Any] = json.loads((ROOT / "events" / "http-api-v2.json").read_text())
    event["body"] = json.dumps(payload)
    context, measured = Context(), Overhead(name, [], [], [])
    ways: list[tuple[list[float], Callable[[], object]]] = [
        (measured.encode, lambda: embeddings.encoder.encode(texts)),
        (measured.event, lambda: lambda_handler(event, context)),
        (measured.direct, lambda: lambda_handler(payload, context)),
    ]
    rng = random.Random(rounds)
    with Path(os.devnull).open("w") as log, contextlib.redirect_stderr(log):
        assert lambda_handler(event, context)["statusCode"] == 200
        assert "data" in lambda_handler(payload, context)
        for _ in range(rounds):
            # In any fixed order the first one would meet the memory that the last one left.
            for times, call in rng.sample(ways, len(ways)):
                started = time.perf_counter()
                call()
                times.append((time.perf_counter() - started) * 1000)
    return measured


def stages(name: str, payload: dict[str, object]) -> Stages:
    from handler.api import embeddings
    from handler.request_context import RequestContext

    context = RequestContext(request_id="benchmark")
    embeddings.answer(embeddings.check_body(json.dumps(payload).encode(), context), context)
    took = context.stages
    encode, read = took["tokenize"] + took["run"], took["parse"] + took["decode"]
    return Stages(name, encode, read, took["respond"])


def largest_of_langchain() -> dict[str, object]:
    rng = random.Random(20261124)
    return {"input": [rng.choices(range(IDS), k=300) for _ in range(1_000)]}


def measure(rounds: int, seconds: float) -> RequestsResult:
    short = [f"{' '.join(text.split()[:6])} {n}" for n, text in enumerate(mixed(LARGE))]
    overheads = [
        overhead("one short text", [SHORT], rounds=50 * rounds),
        overhead(f"{LARGE:,} short texts", short, rounds=rounds),
    ]
    requests: dict[str, dict[str, object]] = {
        "LangChain's largest: 1,000 lists of 300 ids": largest_of_langchain(),
        f"{LARGE:,} short texts, float": {"input": short},
        f"{LARGE:,} short texts, base64": {"input": short, "encoding_format": "base64"},
    }
    largest = [stages(name, payload) for name, payload in requests.items()]
    setting = f"{os.cpu_count()} threads; {rounds} rounds of the large request; {load_average()}"
    server = measure_server(rounds=rounds, seconds=seconds)
    return RequestsResult(setting, machine("onnxruntime"), overheads, largest, server)


def tables(result: RequestsResult) -> list[str]:
    overhead_columns: dict[str, Callable[[Overhead], str]] = {
        "`lambda_handler`": lambda one: one.name,
        "bare encode, ms": lambda one: f"{statistics.median(one.encode):,.2f}",
        "HTTP event adds, ms": lambda one: added(one.encode, one.event),
        "direct invocation adds, ms": lambda one: added(one.encode, one.direct),
    }
    stage_columns: dict[str, Callable[[Stages], str]] = {
        "request": lambda one: one.name,
        "encode, ms": lambda one: f"{one.encode:,.0f}",
        "parse and decode, ms": lambda one: f"{one.read:.0f} ({one.read / one.encode:.2%})",
        "respond, ms": lambda one: f"{one.respond:.0f} ({one.respond / one.encode:.2%})",
    }
    return [
        f"{result.setting}\n{result.machine}",
        table(result.overheads, overhead_columns),
        table(result.stages, stage_columns),
        *([server_table(result.server)] if result.server else []),
    ]


def added(bare: Sequence[float], whole: Sequence[float]) -> str:
    """What the whole takes more than the bare: the median of the rounds' differences.

    "Below noise" where a quarter of the rounds or more show no difference: so small a figure says
    how steady the machine is, and may well be negative.
    """
    differences = [b - a for a, b in zip(bare, whole, strict=True)]
    low, median, high = statistics.quantiles(differences, n=4)
    if low <= 0:
        return f"below noise (± {(high - low) / 2:,.2f})"
    return f"{median:,.2f} ({low:,.2f}–{high:,.2f})"


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench NAME=requests", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="of the large request, at least 2")
    parser.add_argument("--seconds", type=float, default=4, help="of the load of sixteen clients")
    parser.add_argument("--server", action="store_true")
    parser.add_argument("--report", action="store_true")
    options = parser.parse_args()
    if options.server:
        print(server_table(measure_server(rounds=options.rounds, seconds=options.seconds)))
        return
    if not options.report:
        store("requests", measure(options.rounds, options.seconds))
    publish("requests", *tables(stored("requests", RequestsResult)))


if __name__ == "__main__":
    main()
