"""`make bench NAME=retrieval`: does a search find what a question is about?

Three sets of questions: about news, about manuals (manuals.py), and identifiers (identifiers.py).
The 350 news of gensim's Lee corpus are ingested as files (text, HTML, Markdown, DOCX, JSON in turn)
through the pipeline, and searched by the operation behind the search route: by meaning, by words,
and by both. The queries, each about one of them, were written by hand (queries.json). The reference
is sentence-transformers' vectors of the same chunks and queries, all compared. A document ranks
with its best chunk. `--only` asks one of the sets; `--baseline DIR` asks the manuals with the
chunks of another checkout, too. `--report` draws the tables of the last run again.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.measuring.corpora import lee
from benchmarks.measuring.formats import as_format
from benchmarks.measuring.machine import machine
from benchmarks.measuring.processes import ROOT
from benchmarks.measuring.reference import REFERENCE, reference_vectors
from benchmarks.measuring.results import publish, store, stored
from benchmarks.measuring.tables import table
from benchmarks.retrieval import identifiers, manuals
from benchmarks.retrieval.collection import (
    FOUND,
    MODES,
    OVERLAP,
    THREADS,
    Collection,
    Question,
    Ranks,
    place,
)
from handler.ingestion.planning import document_id
from handler.stores.contract import Record

QUERIES = Path(__file__).with_name("queries.json")
CORPORA = ("lee_background", "lee")
RUNS = [("int8", OVERLAP), ("int8", 0), ("int8", 64), ("fp32", OVERLAP)]  # precision, overlap
SETS = ("news", "manuals", "identifiers")


@dataclass
class RetrievalResult:
    """A run, as results/retrieval.json keeps it."""

    setting: str
    machine: str
    queries: list[str]
    measured: list[Ranks]  # the default first


def write_files(folder: Path) -> dict[tuple[str, int], Path]:
    """The news as files: by corpus and number."""
    paths = {}
    for corpus in CORPORA:
        for number, text in enumerate(lee(corpus)):
            extension, content = as_format(number, f"{corpus} {number}", text)
            path = paths[corpus, number] = folder / f"{corpus}-{number:03}.{extension}"
            path.write_bytes(content)
    return paths


def questions(paths: dict[tuple[str, int], Path]) -> list[Question]:
    return [
        Question(one["query"], document_id(paths[one["corpus"], one["document"]].as_uri()))
        for one in json.loads(QUERIES.read_text())
    ]


def by_reference(texts: Sequence[str], queries: Sequence[str]) -> NDArray[np.float32]:
    """The cosine of each query with each chunk, exactly: (queries, chunks)."""
    return reference_vectors(queries, THREADS) @ reference_vectors(texts, THREADS).T


def by_words(texts: Sequence[str], queries: Sequence[str]) -> NDArray[np.float32]:
    """The BM25 score of each query with each chunk: (queries, chunks)."""
    from gensim.corpora import Dictionary
    from gensim.models import OkapiBM25Model, TfidfModel
    from gensim.similarities import SparseMatrixSimilarity
    from gensim.utils import simple_preprocess

    chunks = [simple_preprocess(text) for text in texts]
    words = Dictionary(chunks)
    bags = [words.doc2bow(chunk) for chunk in chunks]
    # As gensim documents it: weights for the chunks, ones for the queries.
    index = SparseMatrixSimilarity(
        OkapiBM25Model(dictionary=words)[bags],
        num_docs=len(bags),
        num_terms=len(words),
        normalize_queries=False,
        normalize_documents=False,
    )
    ones = TfidfModel(dictionary=words, smartirs="bnn")
    return np.array([index[ones[words.doc2bow(simple_preprocess(one))]] for one in queries])


def ranked(
    scores: NDArray[np.float32], records: Sequence[Record], asked: Sequence[Question]
) -> list[int]:
    """The rank of each query's document. scores: (queries, chunks)."""
    documents = [record.key.partition("#")[0] for record in records]
    order = np.argsort(-scores, axis=1, kind="stable")[:, :FOUND]
    return [
        place(question.document, [documents[number] for number in row])
        for question, row in zip(asked, order, strict=True)
    ]


def measure(folder: Path) -> RetrievalResult:
    paths = write_files(folder)
    asked, files = questions(paths), [*paths.values()]
    measured: list[Ranks] = []
    for precision, overlap in RUNS:
        print(f"{precision}, overlap {overlap}", flush=True)
        store = folder / f"{precision}-{overlap}.sqlite"
        collection = Collection(files, store, precision=precision, overlap=overlap)
        # Of the others, what differs: the vectors.
        modes = ["meaning"] if measured else [*MODES]
        for mode in modes:
            places = collection.places(asked, mode)
            name = f"minilm-lambda {precision}, by {mode}"
            measured.append(Ranks(name, overlap, len(collection.records), places))
    # The chunks of the last run, which has the default overlap.
    records = collection.records
    texts = [str(record.metadata["text"]) for record in records]
    queries = [question.query for question in asked]
    for name, scores in ((REFERENCE, by_reference), ("gensim's BM25, by words", by_words)):
        places = ranked(scores(texts, queries), records, asked)
        measured.append(Ranks(name, OVERLAP, len(records), places))
    setting = f"{len(asked)} queries, {len(paths)} documents"
    return RetrievalResult(setting, machine("sentence-transformers"), queries, measured)


def tables(result: RetrievalResult) -> list[str]:
    columns: dict[str, Callable[[Ranks], str]] = {
        "": lambda one: one.name,
        "overlap, tokens": lambda one: f"{one.overlap}",
        "chunks": lambda one: f"{one.chunks}",
        "first": lambda one: f"{one.hits(1):.1%}",
        "in the first five": lambda one: f"{one.hits(5):.1%}",
        "mean reciprocal rank": lambda one: f"{one.reciprocal():.3f}",
    }
    default = result.measured[0]
    missed = [
        f"- {query} ({place or f'not in {FOUND} chunks'})"
        for query, place in zip(result.queries, default.places, strict=True)
        if place != 1
    ]
    return [
        f"{result.setting}; {result.machine}",
        table(result.measured, columns),
        f"Not first for {default.name} (and the rank):\n\n" + "\n".join(missed),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench NAME=retrieval", description=__doc__)
    parser.add_argument("--only", choices=SETS, help="one of the question sets")
    parser.add_argument("--baseline", type=Path, metavar="DIR", help="another checkout")
    parser.add_argument("--report", action="store_true")
    options = parser.parse_args()
    chosen = [options.only] if options.only else SETS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        if not options.report and "news" in chosen:
            store("retrieval", measure(folder))
        if not options.report and "manuals" in chosen:
            checkouts = {"this checkout": ROOT}
            if options.baseline:
                checkouts["baseline"] = options.baseline.resolve()
            store("manuals", manuals.measure(folder, checkouts))
        if not options.report and "identifiers" in chosen:
            store("identifiers", identifiers.measure(folder, precision="int8"))
    if "news" in chosen:
        publish("retrieval", *tables(stored("retrieval", RetrievalResult)))
    if "manuals" in chosen:
        publish("manuals", *manuals.tables(stored("manuals", manuals.ManualsResult)))
    if "identifiers" in chosen:
        result = stored("identifiers", identifiers.IdentifiersResult)
        publish("identifiers", *identifiers.tables(result))


if __name__ == "__main__":
    main()
