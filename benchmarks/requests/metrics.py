"""`python -m benchmarks.requests.metrics`: what a request pays for its metrics."""

from __future__ import annotations

import statistics
import time

from prometheus_client import CollectorRegistry

from handler.metrics.requests import RequestMetrics
from handler.request_context import RequestContext

ROUNDS, CALLS = 20, 5_000


def main() -> None:
    metrics = RequestMetrics(CollectorRegistry())
    context = RequestContext("a", "POST", inputs=1, tokens=12)
    names = ("wait", "parse", "decode", "tokenize", "run", "respond")
    context.stages = dict.fromkeys(names, 0.2)
    rounds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        for _ in range(CALLS):
            metrics.observe(context, "/v1/embeddings", 200)
        rounds.append((time.perf_counter() - started) / CALLS * 1e6)
    print(f"A request of one text: {statistics.median(rounds):.1f} µs, {min(rounds):.1f} at best.")


if __name__ == "__main__":
    main()
