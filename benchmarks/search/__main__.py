"""`make bench NAME=search`: how long a search of a large file takes, by meaning, by words, by both.

A store in a file gets chunks of sentences drawn from gensim's Lee corpus, each with an error code,
and random vectors: how long a search takes depends on neither. Queries are beginnings of sentences,
and every fourth is a code. A search by both is the two searches on two threads, as the search route
starts them. Memory is that of a process that only searches. `--report` draws the tables of the last
run again.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable

import numpy as np

from benchmarks.measuring.results import publish, store, stored
from benchmarks.measuring.tables import table
from benchmarks.search.measurement import Latency, SearchLatencyResult, measure


def tables(result: SearchLatencyResult) -> list[str]:
    facts = {
        "chunks": f"{result.chunks:,}",
        "the file": megabytes(result.file_bytes),
        "… of it, the words": megabytes(result.word_bytes),
        "writing all chunks": f"{result.write_seconds:.0f} s",
        "indexing the words of a file without": f"{result.index_seconds:.0f} s",
        "memory with the store open": megabytes(result.open_bytes),
        "… and after the searches": megabytes(result.search_bytes),
    }
    columns: dict[str, Callable[[Latency], str]] = {
        "search by": lambda one: one.name,
        "p50, ms": lambda one: f"{statistics.median(one.milliseconds):,.0f}",
        "p99, ms": lambda one: f"{np.percentile(one.milliseconds, 99):,.0f}",
    }
    return [
        f"{result.setting}\n{result.machine}",
        table(result.latencies, columns),
        table(facts.items(), {"": lambda fact: fact[0], " ": lambda fact: fact[1]}),
    ]


def megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench NAME=search", description=__doc__)
    parser.add_argument("--chunks", type=int, default=100_000)
    parser.add_argument("--searches", type=int, default=200, help="of each kind")
    parser.add_argument("--report", action="store_true")
    options = parser.parse_args()
    if not options.report:
        store("search", measure(options.chunks, options.searches))
    publish("search", *tables(stored("search", SearchLatencyResult)))


if __name__ == "__main__":
    main()
