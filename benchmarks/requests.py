"""`make bench-requests`: what a request costs beside its encoding.

First `lambda_handler` beside the bare `encode`, in turn, in one process. Then the stages of the
largest requests there are: LangChain's (1,000 lists of token ids, 300,000 in all), and answers of
2,048 vectors.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.readme import RESULTS, refresh
from benchmarks.report import machine
from benchmarks.texts import SHORT, mixed
from handler.api import embeddings, lambda_handler
from handler.request_context import RequestContext

EVENT = Path(__file__).parents[1] / "events" / "http-api-v2.json"

IDS = 100_256  # those of cl100k that stand for text


def largest_of_langchain() -> dict[str, object]:
    rng = random.Random(20261124)
    return {"input": [rng.choices(range(IDS), k=300) for _ in range(1_000)]}


class Context:
    """What Lambda hands a handler."""

    aws_request_id = "8476a536-e9f4-11e8-9739-2dfe598c3fcd"
    memory_limit_in_mb = 1769

    def get_remaining_time_in_millis(self) -> int:
        return 900_000


def beside_encode(name: str, texts: Sequence[str], *, rounds: int) -> str:
    """A row of the table: medians in ms over `rounds`, and how many times the bare encode."""
    payload = {"input": texts, "encoding_format": "base64"}
    event: dict[str, Any] = json.loads(EVENT.read_text())
    event["body"] = json.dumps(payload)
    context = Context()
    roads: list[Callable[[], object]] = [
        lambda: embeddings.encoder.encode(texts),
        lambda: lambda_handler(event, context),
        lambda: lambda_handler(payload, context),
    ]
    times: list[list[float]] = [[] for _ in roads]
    with Path(os.devnull).open("w") as log, contextlib.redirect_stderr(log):
        assert lambda_handler(event, context)["statusCode"] == 200
        assert "data" in lambda_handler(payload, context)
        for _ in range(rounds):
            for road, took in zip(roads, times, strict=True):
                started = time.perf_counter()
                road()
                took.append((time.perf_counter() - started) * 1000)
    encode, *others = map(statistics.median, times)
    cells = [f"{other:,.2f} ({other - encode:+,.2f}; {other / encode:.2f} ×)" for other in others]
    return f"| {name} | {encode:,.2f} | " + " | ".join(cells) + " |"


def measure(name: str, payload: dict[str, object]) -> str:
    """A row of the table: the stages of one request, in ms, and their share of the encoding."""
    call = RequestContext(request_id="benchmark")
    embeddings.create_from_body(json.dumps(payload).encode(), call)
    encode = call.stages["tokenize"] + call.stages["run"]
    read = call.stages["parse"] + call.stages["decode"]
    respond = call.stages["respond"]
    return (
        f"| {name} | {encode:,.0f} | {read:.0f} ({read / encode:.2%}) "
        f"| {respond:.0f} ({respond / encode:.2%}) |"
    )


def main() -> None:
    texts = mixed(2_048)
    short = [" ".join(text.split()[:6]) + f" {n}" for n, text in enumerate(texts)]
    requests: dict[str, dict[str, object]] = {
        "LangChain's largest: 1,000 lists of 300 ids": largest_of_langchain(),
        "2,048 short texts, float": {"input": short},
        "2,048 short texts, base64": {"input": short, "encoding_format": "base64"},
    }
    beside = [
        "| `lambda_handler` | bare encode, ms | HTTP event, ms | direct invocation, ms |",
        "|---|---|---|---|",
        beside_encode("one short text", [SHORT], rounds=500),
        beside_encode("2,048 short texts", short, rounds=3),
    ]
    print("\n".join(beside), flush=True)
    rows = ["| request | encode, ms | parse and decode, ms | respond, ms |", "|---|---|---|---|"]
    rows += [measure(name, payload) for name, payload in requests.items()]
    parts = [f"{os.cpu_count()} threads; {machine()}", "\n".join(beside), "\n".join(rows)]
    text = "\n\n".join(parts) + "\n"
    print(text)
    (RESULTS / "requests.md").write_text(text)
    refresh()


if __name__ == "__main__":
    main()
