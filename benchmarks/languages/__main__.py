"""`make bench NAME=languages ARGS="--data FOLDER"`: does the model understand other languages?

FOLDER has clones of the repositories that question_sets.py names; what is missing is told with the
command that gets it. Each question is answered by one of 240 paragraphs. Measured are how often it
comes first, and how the paragraphs are read. `--only de fr` asks some languages and saves nothing,
`--precision fp32` the same with the other precision. `--report` draws the tables of the last run.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.languages.measurement import LanguageFigures, Vectors, measure
from benchmarks.languages.question_sets import (
    PARAGRAPHS,
    SOURCES,
    XQUAD,
    QuestionSet,
    Unavailable,
    read,
)
from benchmarks.languages.report import LanguagesResult, tables
from benchmarks.measuring.bundles import bundle
from benchmarks.measuring.machine import machine
from benchmarks.measuring.results import publish, store, stored
from model_layer import load_encoder

THREADS = 2


def measure_all(
    sets: Sequence[QuestionSet], english: QuestionSet, precision: str
) -> LanguagesResult:
    encoder = load_encoder(bundle(precision), threads=THREADS)
    parallel = Vectors(encoder, english)
    measured: list[LanguageFigures] = []
    for one in sets:
        print(one.source.language, flush=True)
        is_translated = one.source.repository == XQUAD and one.source != english.source
        with tempfile.TemporaryDirectory() as folder:
            measured.append(
                measure(one, encoder, parallel if is_translated else None, Path(folder).resolve())
            )
    questions = sum(one.questions for one in measured)
    setting = f"{questions:,} questions, {PARAGRAPHS} passages a language; {precision}"
    return LanguagesResult(setting, machine(), measured)


def main() -> None:
    codes = [source.code for source in SOURCES]
    parser = argparse.ArgumentParser(prog="make bench NAME=languages", description=__doc__)
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="with the clones")
    parser.add_argument("--only", nargs="+", choices=codes, metavar="CODE", help="some languages")
    parser.add_argument("--precision", default="int8", choices=["int8", "fp32"])
    parser.add_argument("--report", action="store_true")
    options = parser.parse_args()
    if not options.report:
        if not options.data:
            parser.error("--data FOLDER is needed: the folder with the clones.")
        chosen = [source for source in SOURCES if source.code in (options.only or codes)]
        try:
            sets = [read(source, options.data) for source in chosen]
            result = measure_all(sets, read(SOURCES[0], options.data), options.precision)
        except Unavailable as error:
            sys.exit(str(error))
        if options.only or options.precision != "int8":
            print(*tables(result), sep="\n\n")
            return
        store("languages", result)
    publish("languages", *tables(stored("languages", LanguagesResult)))


if __name__ == "__main__":
    main()
