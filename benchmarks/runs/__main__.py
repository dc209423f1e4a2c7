"""`make bench NAME=runs`: what a token costs in runs of one text and of several.

Each round runs the bundle on random ids of every length and size, on one thread; a figure is the
median of the rounds, in CPU time. `model_layer.runs` has the size that was chosen. Prints a table
and saves nothing.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path

import numpy as np

from benchmarks.measuring.machine import machine
from benchmarks.measuring.tables import table
from model_layer.artifacts import read_bundle
from model_layer.places import DEFAULT_BUNDLE
from model_layer.session import load_session

LENGTHS = (8, 16, 32, 64)  # tokens of a text
SIZES = (0, 64, 128, 256, 512, 1_024)  # tokens of a run; 0: one text


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench NAME=runs", description=__doc__)
    parser.add_argument("--bundle", type=Path, default=DEFAULT_BUNDLE)
    parser.add_argument("--rounds", type=int, default=30)
    options = parser.parse_args()
    bundle = read_bundle(options.bundle)
    session = load_session(bundle, threads=1)
    rng = np.random.default_rng(0)
    inputs = {
        (length, size): rng.integers(1_000, 30_000, (max(1, size // length), length), np.int32)
        for length in LENGTHS
        for size in SIZES
    }
    costs: dict[tuple[int, int], list[float]] = {cell: [] for cell in inputs}
    for _ in range(options.rounds):
        for cell, ids in inputs.items():
            started = time.process_time()
            session.run(ids)
            costs[cell].append((time.process_time() - started) / ids.size * 1e6)
    medians = {cell: statistics.median(figures) for cell, figures in costs.items()}
    print(f"µs a token, {bundle.precision}; {machine()}\n")
    columns = {"tokens of a text": str} | {
        f"runs of {size}" if size else "alone": lambda length, size=size: (
            f"{medians[length, size]:.0f}"
        )
        for size in SIZES
    }
    print(table(LENGTHS, columns))


if __name__ == "__main__":
    main()
