"""`make bench NAME=fidelity`: how near each precision's vectors are to sentence-transformers'.

Three views: the cosine of every evaluation text, by length and by script; whether a search finds
the same; agreement with people's judgements of similarity. `--bundle NAME=FOLDER` measures other
bundles in place of the precisions, and `--quick` fewer texts; neither saves its figures. `--report`
draws the tables of the last run again.
"""

from __future__ import annotations

import argparse
import os
from collections import Counter
from pathlib import Path

from benchmarks.fidelity.figures import Vectors, figures
from benchmarks.fidelity.report import FidelityResult, tables
from benchmarks.fidelity.texts import BUCKETS, fidelity_texts
from benchmarks.measuring.bundles import bundle
from benchmarks.measuring.machine import machine
from benchmarks.measuring.reference import REFERENCE, reference_vectors
from benchmarks.measuring.results import publish, store, stored
from model_layer import load_encoder
from model_layer.places import PRECISIONS

QUICK = {"each": 3, "passages": 200, "queries": 100, "documents": 50}
WHOLE = {"each": 16, "passages": 3000, "queries": 500, "documents": 350}
PACKAGES = ("onnxruntime", "torch", "sentence-transformers", "gensim", "django", "babel")


def measure(bundles: dict[str, str], *, quick: bool, threads: int) -> FidelityResult:
    """bundles: folders by name."""
    texts = fidelity_texts(**(QUICK if quick else WHOLE))
    every = texts.all()
    others = {REFERENCE: Vectors(every, reference_vectors(every, threads))}

    def encoded(folder: Path) -> Vectors:
        return Vectors(every, load_encoder(folder, threads=threads).encode(every).vectors)

    if not quick:
        others["fp32"] = encoded(bundle("fp32"))
    vectors = {name: encoded(Path(folder)) for name, folder in bundles.items()}
    if not bundles:
        vectors = {one: others.get(one) or encoded(bundle(one)) for one in PRECISIONS}
    scripts = Counter(one.script for one in texts.evaluation)
    return FidelityResult(
        setting=(
            f"{len(texts.evaluation)} evaluation texts; {len(texts.queries)} queries among "
            f"{len(texts.passages)} passages; {len(texts.documents)} documents"
        ),
        machine=machine(*PACKAGES),
        lengths={
            bucket.name: sum(one.bucket == bucket.name for one in texts.evaluation)
            for bucket in BUCKETS
        },
        scripts=dict(scripts),
        pairs={one.name: len(one.scores) for one in texts.judgements},
        reference=figures(REFERENCE, others[REFERENCE], others, texts).people,
        measured=[figures(name, one, others, texts) for name, one in vectors.items()],
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench NAME=fidelity", description=__doc__)
    parser.add_argument("--bundle", action="append", metavar="NAME=FOLDER", default=[])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--threads", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--report", action="store_true")
    options = parser.parse_args()
    if not options.report:
        bundles = dict(pair.split("=", 1) for pair in options.bundle)
        result = measure(bundles, quick=options.quick, threads=options.threads)
        if options.quick or bundles:
            print(*tables(result), sep="\n\n")
            return
        store("fidelity", result)
    publish("fidelity", *tables(stored("fidelity", FidelityResult)))


if __name__ == "__main__":
    main()
