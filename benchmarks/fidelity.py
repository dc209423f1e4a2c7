"""`make fidelity`: how near the vectors of each precision are to those of sentence-transformers.

Three views: the cosine of every evaluation text, by length and by script; whether a search finds
the same; and whether people's judgements of similarity are met as well. `--bundle NAME=FOLDER`
measures other bundles in place of the precisions; `--quick` takes fewer texts, prints some lines on
each bundle and saves nothing.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.bundles import bundle
from benchmarks.fidelity_figures import Figures, Spread, Vectors, figures
from benchmarks.fidelity_report import REFERENCE, groups, report
from benchmarks.fidelity_texts import FidelityTexts, fidelity_texts
from benchmarks.reference import reference_vectors
from model_layer import load_encoder
from model_layer.build.__main__ import PRECISIONS

QUICK = {"each": 3, "passages": 200, "queries": 100, "documents": 50}
WHOLE = {"each": 16, "passages": 3000, "queries": 500, "documents": 350}


def encode(folder: Path, texts: FidelityTexts, threads: int) -> Vectors:
    """The vectors of a bundle."""
    every = texts.all()
    return Vectors(every, load_encoder(folder, threads=threads).encode(every).vectors)


def print_lines(measured: Figures, texts: FidelityTexts) -> None:
    """A few lines on a bundle: all texts, neighbours, people, each length and each script."""
    found = measured.overlaps[REFERENCE]
    print(
        f"{measured.name}  {_spread(measured.cosines)}  same neighbours: "
        f"passages {found.passages:.3f}, documents {found.documents:.3f}"
    )
    print(f"{measured.name}  {_people(measured, texts)}")
    for chosen in groups(texts):
        for name, group in chosen.items():
            print(f"  {name:18} {_spread(measured.cosines[group])}", flush=True)


def _spread(cosines: NDArray[np.float64]) -> str:
    one = Spread.of(cosines)
    return f"mean {one.mean:.6f}  1st pct {one.percentile:.6f}  worst {one.worst:.6f}"


def _people(measured: Figures, texts: FidelityTexts) -> str:
    return "Spearman with people: " + ", ".join(
        f"{judged.name} {spearman:.4f}"
        for judged, (_, spearman) in zip(texts.judgements, measured.agreements, strict=True)
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="make fidelity", description=__doc__)
    parser.add_argument("--bundle", action="append", metavar="NAME=FOLDER", default=[])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--threads", type=int, default=min(2, os.cpu_count() or 1))
    options = parser.parse_args()
    named = dict(pair.split("=", 1) for pair in options.bundle)
    texts = fidelity_texts(**(QUICK if options.quick else WHOLE))
    every = texts.all()
    others = {REFERENCE: Vectors(every, reference_vectors(every, options.threads))}
    reference = figures(REFERENCE, others[REFERENCE], others, texts)
    if options.quick:
        print(f"{REFERENCE}  {_people(reference, texts)}", flush=True)
    else:
        others["fp32"] = encode(bundle("fp32"), texts, options.threads)
    bundles = {name: Path(folder) for name, folder in named.items()}
    measured = []
    for name in bundles or PRECISIONS:
        known = others.get(name) if name not in bundles else None
        vectors = known or encode(bundles.get(name) or bundle(name), texts, options.threads)
        measured.append(figures(name, vectors, others, texts))
        if options.quick:
            print_lines(measured[-1], texts)
    if not options.quick:
        report(measured, reference, texts)


if __name__ == "__main__":
    main()
