"""`make bench`: ours beside what one would use instead, as libraries and as servers.

Prints tables of medians with their spread; saves them, with plots, in `benchmarks/results/`, and
puts them into the READMEs. Needs Linux. `--rounds` and `--seconds` shorten it; `--only` leaves the
other half, and the summary, as they were.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Mapping, Sequence

from benchmarks import library, library_report, models, servers, servers_report
from benchmarks.contestants import contestants
from benchmarks.processes import pin, versions
from benchmarks.readme import RESULTS, refresh
from benchmarks.report import machine
from benchmarks.summary import summary
from model_layer import load_encoder

STARTED_WITH = os.getloadavg()[0]
PEERS = {
    ".venv-infinity": ("infinity-emb", "sentence-transformers", "optimum-onnx"),
    ".venv-openvino": ("sentence-transformers", "optimum-intel", "openvino"),
}


def measure_library(
    counts: Mapping[str, int], threads: Sequence[int], rounds: int
) -> list[library.Measurement]:
    measured = [
        one
        for number in threads
        for one in library.measure(contestants(), counts, threads=number, rounds=rounds)
    ]
    sizes = ", ".join(
        f"{len(texts)} {kind} texts ({counts[kind]:,} tokens)"
        for kind, texts in library.TEXTS.items()
    )
    setting = f"{sizes}; medians of {rounds} rounds; {load_average()}"
    library_report.report(setting, where(), measured, counts["mixed"])
    return measured


def measure_servers(threads: int, rounds: int, seconds: float) -> list[servers.Measurement]:
    measured = servers.measure(
        servers.servers(threads), servers.loads(count_tokens), rounds=rounds, seconds=seconds
    )
    setting = (
        f"{threads} threads each; medians of {rounds} rounds of {seconds:g} s; {load_average()}"
    )
    servers_report.report(setting, where(), measured)
    return measured


def count_tokens(texts: Sequence[str]) -> list[int]:
    """What the model reads of each text."""
    tokenizer = load_encoder().tokenizer
    return [len(tokenizer.tokenize(text, "END").ids) for text in texts]


def load_average() -> str:
    """Who reads the figures is to know whether others were at work."""
    return f"load average {STARTED_WITH:.1f} at first"


def where() -> str:
    """The machine, and all versions."""
    peers = (f"{folder}: {versions(folder, packages)}" for folder, packages in PEERS.items())
    return "; ".join([machine(), *peers])


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4, help="that a load of a server lasts")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, min(2, os.cpu_count() or 1)])
    parser.add_argument("--only", choices=("library", "servers"))
    options = parser.parse_args()
    threads = sorted(set(options.threads))
    pin(threads[-1])  # and so everything that is started from here
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # and so the processes are ended, too
    models.prepare()
    counts = {kind: sum(count_tokens(texts)) for kind, texts in library.TEXTS.items()}
    encoded: list[library.Measurement] = []
    served: list[servers.Measurement] = []
    if options.only != "servers":
        encoded = measure_library(counts, threads, options.rounds)
    if options.only != "library":
        served = measure_servers(threads[-1], options.rounds, options.seconds)
    if encoded and served:
        text = summary(encoded, served, counts["mixed"], where())
        print(text)
        (RESULTS / "side-by-side.md").write_text(text)
    refresh()


if __name__ == "__main__":
    main()
