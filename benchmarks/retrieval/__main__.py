"""`make bench NAME=retrieval`: does a search find what a question is about?

Two sets of questions: about news, and about manuals (manuals.py). The 350 news of gensim's Lee
corpus are ingested as files (text, HTML, Markdown, DOCX, JSON in turn) through the pipeline, and
searched by the operation behind the search route. The queries, each about one of them, were written
by hand (queries.json). The reference is sentence-transformers' vectors of the same chunks and
queries, all compared; BM25 shows what the words alone find. A document ranks with its nearest
chunk. `--only` asks one of the sets; `--baseline DIR` asks the manuals with the chunks of another
checkout, too. `--report` draws the tables of the last run again.
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

from benchmarks.measuring.bundles import bundle
from benchmarks.measuring.corpora import lee
from benchmarks.measuring.formats import as_format
from benchmarks.measuring.machine import machine
from benchmarks.measuring.processes import ROOT
from benchmarks.measuring.reference import REFERENCE, reference_vectors
from benchmarks.measuring.results import publish, store, stored
from benchmarks.measuring.tables import table
from benchmarks.retrieval import manuals
from handler.documents.sandbox import Sandbox
from handler.ingestion.change import Change
from handler.ingestion.document_encoder import DocumentEncoder
from handler.ingestion.pipeline import Pipeline
from handler.ingestion.planning import document_id
from handler.ingestion.sources.files import FileReader
from handler.request_context import RequestContext
from handler.settings import SqliteAddress
from handler.stores import open_store
from handler.stores.contract import Record, Store, VectorIndex
from handler.vector_stores.configured_store import ConfiguredStore
from handler.vector_stores.search import VectorSearch
from model_layer import load_chunker, load_encoder

QUERIES = Path(__file__).with_name("queries.json")
CORPORA = ("lee_background", "lee")
OVERLAP = 32  # the default
RUNS = [("int8", OVERLAP), ("int8", 0), ("int8", 64), ("fp32", OVERLAP)]  # precision, overlap
THREADS = 2
FOUND = 50  # chunks asked for: the most that a search answers with


@dataclass(frozen=True)
class Question:
    """A query, and the id of the document that it is about."""

    query: str
    document: str


@dataclass(frozen=True)
class Ranks:
    """The rank of each query's document among the documents found, from 1; 0: not found."""

    name: str
    overlap: int
    chunks: int
    places: list[int]

    def hits(self, within: int) -> float:
        """The share of the queries whose document ranks within the first so many."""
        return sum(0 < place <= within for place in self.places) / len(self.places)

    def reciprocal(self) -> float:
        """The mean reciprocal rank."""
        return sum(1 / place for place in self.places if place) / len(self.places)


@dataclass
class RetrievalResult:
    """A run, as results/retrieval.json keeps it."""

    setting: str
    machine: str
    queries: list[str]
    measured: list[Ranks]  # the default first


class Recorded:
    """A vector store that remembers its records."""

    def __init__(self, vectors: VectorIndex) -> None:
        self._vectors = vectors
        self.records: list[Record] = []
        self.delete = vectors.delete
        self.search_vectors, self.search_text = vectors.search_vectors, vectors.search_text

    def upsert(self, records: Sequence[Record], *, deadline: float | None = None) -> None:
        self.records += records
        self._vectors.upsert(records, deadline=deadline)


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


def search(
    paths: Sequence[Path], asked: Sequence[Question], folder: Path, *, precision: str, overlap: int
) -> tuple[Ranks, list[Record]]:
    """Ingest the files and search them; also the records that were written."""
    encoder = load_encoder(bundle(precision), threads=THREADS)
    chunker = load_chunker(encoder.tokenizer, max_tokens=encoder.bundle.max_tokens, overlap=overlap)
    address = SqliteAddress(str(folder / f"{precision}-{overlap}.sqlite"))
    opened = open_store(address, fingerprint=encoder.bundle.fingerprint)
    vectors = Recorded(opened.index)
    store = Store(opened.id, vectors, opened.ledger)
    with Sandbox() as sandbox:
        documents = DocumentEncoder(encoder, chunker, sandbox.extract)
        pipeline = Pipeline(FileReader(), store, documents)
        for path in paths:
            outcome = pipeline.reconcile(Change(path.as_uri()))
            assert outcome.result == "ingested", outcome
    configured = ConfiguredStore(address, fingerprint=encoder.bundle.fingerprint)
    operation = VectorSearch(encoder, configured)
    places = []
    for number, question in enumerate(asked):
        request = {"query": question.query, "max_num_results": FOUND}
        answer = operation.search(store.id, request, RequestContext(request_id=str(number)))
        found = json.loads(answer.body)["data"]
        places.append(place(question.document, [one["file_id"] for one in found]))
    ranks = Ranks(f"minilm-lambda {precision}", overlap, len(vectors.records), places)
    return ranks, vectors.records


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


def place(document: str, found: Sequence[str]) -> int:
    """The rank of `document` among those that the chunks found belong to, from 1; 0: not found."""
    distinct = [*dict.fromkeys(found)]
    return distinct.index(document) + 1 if document in distinct else 0


def measure(folder: Path) -> RetrievalResult:
    paths = write_files(folder)
    asked, files = questions(paths), [*paths.values()]
    measured: list[Ranks] = []
    for precision, overlap in RUNS:
        print(f"{precision}, overlap {overlap}", flush=True)
        ranks, records = search(files, asked, folder, precision=precision, overlap=overlap)
        measured.append(ranks)
    # The chunks of the last run, which has the default overlap.
    texts = [str(record.metadata["text"]) for record in records]
    queries = [question.query for question in asked]
    for name, scores in ((REFERENCE, by_reference), ("BM25 (words alone)", by_words)):
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
    parser.add_argument("--only", choices=("news", "manuals"), help="one of the question sets")
    parser.add_argument("--baseline", type=Path, metavar="DIR", help="another checkout")
    parser.add_argument("--report", action="store_true")
    options = parser.parse_args()
    if not options.report and options.only != "manuals":
        with tempfile.TemporaryDirectory() as folder:
            store("retrieval", measure(Path(folder)))
    if not options.report and options.only != "news":
        checkouts = {"this checkout": ROOT}
        if options.baseline:
            checkouts["baseline"] = options.baseline.resolve()
        with tempfile.TemporaryDirectory() as folder:
            store("manuals", manuals.measure(Path(folder), checkouts))
    if options.only != "manuals":
        publish("retrieval", *tables(stored("retrieval", RetrievalResult)))
    if options.only != "news":
        publish("manuals", *manuals.tables(stored("manuals", manuals.ManualsResult)))


if __name__ == "__main__":
    main()
