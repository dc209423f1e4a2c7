"""`make fidelity`: how near the vectors of each precision are to those of sentence-transformers.

Three views: the cosine of every evaluation text, by length and by script; whether a search finds
the same; and whether people's judgements of similarity are met as well. `--bundle NAME=FOLDER`
measures other bundles in place of the precisions; `--quick` takes fewer texts and only prints.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

import numpy as np

from benchmarks.bundles import bundle
from benchmarks.evaluation_texts import BUCKETS
from benchmarks.fidelity_figures import Figures, Spread, Vectors, figures, overlaps
from benchmarks.fidelity_texts import FidelityTexts, fidelity_texts
from benchmarks.reference import reference_vectors
from model_layer import load_encoder
from model_layer.build.__main__ import PRECISIONS

QUICK = {"each": 3, "passages": 200, "queries": 100, "documents": 50}
WHOLE = {"each": 25, "passages": 3000, "queries": 500, "documents": 350}


def encode(folder: Path, texts: FidelityTexts, threads: int) -> Vectors:
    """The vectors of a bundle."""
    every = texts.all()
    return Vectors(every, load_encoder(folder, threads=threads).encode(every).vectors)


def quick(bundles: dict[str, Path], texts: FidelityTexts, reference: Vectors, threads: int) -> None:
    """Print a few lines a bundle, each as soon as it is known."""
    sets = [one.name for one in texts.judgements]
    people = figures("sentence-transformers", reference, reference, texts).agreements
    print("sentence-transformers", _spearman(sets, people))
    for name, folder in bundles.items():
        started = time.perf_counter()
        vectors = encode(folder, texts, threads)
        seconds = time.perf_counter() - started
        measured = figures(name, vectors, reference, texts)
        found = overlaps(vectors, reference, texts)
        print(
            f"{name}  {_spread(Spread.of(measured.cosines))}  same neighbours: passages "
            f"{found.passages:.3f}, documents {found.documents:.3f}  ({seconds:.1f} s)",
            f"{name}  {_spearman(sets, measured.agreements)}",
            *_groups(measured, texts),
            sep="\n",
            flush=True,
        )


def _groups(measured: Figures, texts: FidelityTexts) -> list[str]:
    """A line for each length and each script."""
    lines = []
    buckets = np.array([one.bucket for one in texts.evaluation])
    scripts = np.array([one.script for one in texts.evaluation])
    for labels, groups in (
        (buckets, [bucket.name for bucket in BUCKETS]),
        (scripts, [*dict.fromkeys(scripts)]),
    ):
        for group in groups:
            lines.append(f"  {group:18} {_spread(Spread.of(measured.cosines[labels == group]))}")
    return lines


def _spread(spread: Spread) -> str:
    return f"mean {spread.mean:.6f}  1st pct {spread.percentile:.6f}  worst {spread.worst:.6f}"


def _spearman(sets: list[str], agreements: list[tuple[float, float]]) -> str:
    return "Spearman with people: " + ", ".join(
        f"{name} {spearman:.4f}" for name, (_, spearman) in zip(sets, agreements, strict=True)
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="make fidelity", description=__doc__)
    parser.add_argument("--bundle", action="append", metavar="NAME=FOLDER", default=[])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--threads", type=int, default=min(2, os.cpu_count() or 1))
    options = parser.parse_args()
    texts = fidelity_texts(**(QUICK if options.quick else WHOLE))
    every = texts.all()
    reference = Vectors(every, reference_vectors(every, options.threads))
    named = dict(pair.split("=", 1) for pair in options.bundle)
    bundles = {name: Path(folder) for name, folder in named.items()} or {
        precision: bundle(precision) for precision in PRECISIONS
    }
    quick(bundles, texts, reference, options.threads)


if __name__ == "__main__":
    main()
