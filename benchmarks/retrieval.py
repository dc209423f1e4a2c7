"""`make bench-retrieval`: does a search find the document that a paraphrased query is about?

The 350 news of gensim's Lee corpus are ingested as files (text, HTML, Markdown, DOCX, JSON in turn)
through the pipeline, and searched by the operation behind the search route. The queries, each about
one of them, were written by hand (retrieval_queries.json). The reference is sentence-transformers'
vectors of the same chunks and queries, all compared; BM25 shows what their words alone find. A
document is as near as the nearest of its chunks.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.bundles import bundle
from benchmarks.evaluation_sources import lee
from benchmarks.ingestion_corpus import as_format
from benchmarks.readme import RESULTS, refresh
from benchmarks.reference import reference_vectors
from benchmarks.report import machine
from handler.documents.sandbox import Sandbox
from handler.ingestion.document_encoder import DocumentEncoder
from handler.ingestion.pipeline import Pipeline
from handler.ingestion.planning import document_id
from handler.ingestion.sources.files import FileReader
from handler.ingestion.storage_events import Change
from handler.request_context import RequestContext
from handler.settings import SqliteAddress
from handler.stores import open_store
from handler.stores.contract import Record, Store, VectorIndex
from handler.vector_stores.configured_store import ConfiguredStore
from handler.vector_stores.search import VectorSearch
from model_layer import load_chunker, load_encoder

QUERIES = Path(__file__).with_name("retrieval_queries.json")
CORPORA = ("lee_background", "lee")
OVERLAPS = (0, 32, 64)
OVERLAP = 32  # where it is not what is compared
THREADS = 2
FOUND = 50  # chunks that are asked for: as many as a search answers


@dataclass(frozen=True)
class Question:
    """A query, and the id of the document that it is about."""

    query: str
    document: str


@dataclass(frozen=True)
class Ranks:
    """The place of each query's document among the documents found, from 1; 0: not found."""

    name: str
    overlap: int
    chunks: int
    places: Sequence[int]

    def hits(self, within: int) -> float:
        """The share of the queries whose document is among the first so many."""
        return sum(0 < place <= within for place in self.places) / len(self.places)

    def reciprocal(self) -> float:
        """The mean reciprocal rank."""
        return sum(1 / place for place in self.places if place) / len(self.places)


class Recorded:
    """A vector store that keeps what it was given."""

    def __init__(self, vectors: VectorIndex) -> None:
        self._vectors = vectors
        self.records: list[Record] = []
        self.delete, self.query = vectors.delete, vectors.query

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
    read = json.loads(QUERIES.read_text())
    return [
        Question(one["query"], document_id(paths[one["corpus"], one["document"]].as_uri()))
        for one in read
    ]


def search(
    paths: Sequence[Path], asked: Sequence[Question], folder: Path, *, precision: str, overlap: int
) -> tuple[Ranks, list[Record]]:
    """Ingest the files and ask the store; also what it was given."""
    encoder = load_encoder(bundle(precision), threads=THREADS)
    chunker = load_chunker(encoder.tokenizer, max_tokens=encoder.bundle.max_tokens, overlap=overlap)
    address = SqliteAddress(str(folder / f"{precision}-{overlap}.sqlite"))
    opened = open_store(address, fingerprint=encoder.bundle.fingerprint)
    vectors = Recorded(opened.vectors)
    store = Store(opened.id, vectors, opened.ledger)
    with Sandbox() as sandbox:
        pipeline = Pipeline(FileReader(), store, DocumentEncoder(encoder, chunker, sandbox.extract))
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
    name = f"minilm-lambda {precision}"
    return Ranks(name, overlap, len(vectors.records), places), vectors.records


def reference(records: Sequence[Record], asked: Sequence[Question], *, overlap: int) -> Ranks:
    """The same by sentence-transformers: every chunk compared with every query."""
    texts = [str(record.metadata["text"]) for record in records]
    vectors = reference_vectors([*texts, *(one.query for one in asked)], THREADS)
    chunks, queries = vectors[: len(texts)], vectors[len(texts) :]
    return ranked("sentence-transformers", queries @ chunks.T, records, asked, overlap=overlap)


def by_words(records: Sequence[Record], asked: Sequence[Question], *, overlap: int) -> Ranks:
    """What a search by words finds: Okapi's BM25, gensim's."""
    from gensim.corpora import Dictionary
    from gensim.models import OkapiBM25Model, TfidfModel
    from gensim.similarities import SparseMatrixSimilarity
    from gensim.utils import simple_preprocess

    chunks = [simple_preprocess(str(record.metadata["text"])) for record in records]
    words = Dictionary(chunks)
    bags = [words.doc2bow(chunk) for chunk in chunks]
    # As its documentation has it: weights for the chunks, ones for the queries.
    index = SparseMatrixSimilarity(
        OkapiBM25Model(dictionary=words)[bags],
        num_docs=len(bags),
        num_terms=len(words),
        normalize_queries=False,
        normalize_documents=False,
    )
    queries = TfidfModel(dictionary=words, smartirs="bnn")
    scores = np.array(
        [index[queries[words.doc2bow(simple_preprocess(one.query))]] for one in asked]
    )
    return ranked("BM25 (words alone)", scores, records, asked, overlap=overlap)


def ranked(
    name: str,
    scores: NDArray[np.float32],
    records: Sequence[Record],
    asked: Sequence[Question],
    *,
    overlap: int,
) -> Ranks:
    """Where the documents come by the scores of each query with each chunk: (queries, chunks)."""
    documents = [record.key.partition("#")[0] for record in records]
    places = []
    for question, row in zip(asked, scores, strict=True):
        order = np.argsort(-row, kind="stable")[:FOUND]
        places.append(place(question.document, [documents[number] for number in order]))
    return Ranks(name, overlap, len(records), places)


def place(document: str, found: Sequence[str]) -> int:
    """Where `document` comes among those that the chunks found are of, from 1; 0: nowhere."""
    distinct = [*dict.fromkeys(found)]
    return distinct.index(document) + 1 if document in distinct else 0


def table(measured: Sequence[Ranks]) -> str:
    rows = [
        "| | overlap, tokens | chunks | first | in the first five | mean reciprocal rank |",
        "|---|---|---|---|---|---|",
    ]
    rows += [
        f"| {one.name} | {one.overlap} | {one.chunks} | {one.hits(1):.1%} | {one.hits(5):.1%} "
        f"| {one.reciprocal():.3f} |"
        for one in measured
    ]
    return "\n".join(rows)


def missed(asked: Sequence[Question], ranks: Ranks) -> str:
    """The queries whose document does not come first, and where it comes."""
    rows = [
        f"- {question.query} ({place or f'not in {FOUND} chunks'})"
        for question, place in zip(asked, ranks.places, strict=True)
        if place != 1
    ]
    return "\n".join([f"Not first for {ranks.name} (and where):", "", *rows])


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = write_files(folder)
        asked = questions(paths)
        measured = []
        for precision, overlap in [("int8", one) for one in OVERLAPS] + [("fp32", OVERLAP)]:
            print(f"{precision}, overlap {overlap}", flush=True)
            files = [*paths.values()]
            ranks, records = search(files, asked, folder, precision=precision, overlap=overlap)
            measured.append(ranks)
        for other in (reference, by_words):
            measured.append(other(records, asked, overlap=OVERLAP))  # the chunks of the last
    setting = f"{len(asked)} queries, {len(paths)} documents; {machine(('sentence-transformers',))}"
    text = f"{setting}\n\n{table(measured)}\n\n{missed(asked, measured[OVERLAPS.index(OVERLAP)])}\n"
    print(text)
    (RESULTS / "retrieval.md").write_text(text)
    refresh()


if __name__ == "__main__":
    main()
