"""Files that are ingested and searched: by meaning, by words, and by both."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measuring.bundles import bundle
from handler.documents.sandbox import Sandbox
from handler.ingestion.change import Change
from handler.ingestion.document_encoder import DocumentEncoder
from handler.ingestion.pipeline import Pipeline
from handler.ingestion.sources.files import FileReader
from handler.objects.configured_storage import ConfiguredStorage
from handler.request_context import RequestContext
from handler.settings import SqliteAddress
from handler.stores import open_store
from handler.stores.contract import Record, Store, VectorIndex
from handler.vector_stores.search import VectorSearch
from model_layer import load_chunker, load_encoder

OVERLAP = 32  # tokens; the default
THREADS = 2
FOUND = 50  # chunks asked for: the most that a search answers with
# The ranking options of a request, by what ranks its results.
MODES: dict[str, dict[str, object]] = {
    "both": {},
    "meaning": {"ranker": "none"},
    "words": {"hybrid_search": {"embedding_weight": 0, "text_weight": 1}},
}


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


class Collection:
    """Files in a new SQLite store. The records that were written are kept, too."""

    def __init__(
        self, files: Sequence[Path], store: Path, *, precision: str, overlap: int = OVERLAP
    ) -> None:
        encoder = load_encoder(bundle(precision), threads=THREADS)
        tokens = encoder.bundle.max_tokens
        chunker = load_chunker(encoder.tokenizer, max_tokens=tokens, overlap=overlap)
        address = SqliteAddress(str(store))
        opened = open_store(address, fingerprint=encoder.bundle.fingerprint)
        index = Recorded(opened.index)
        with Sandbox() as sandbox:
            documents = DocumentEncoder(encoder, chunker, sandbox.extract)
            pipeline = Pipeline(FileReader(), Store(opened.id, index, opened.ledger), documents)
            for path in files:
                outcome = pipeline.reconcile(Change(path.as_uri()))
                assert outcome.result == "ingested", outcome
        self.records = index.records
        configured = ConfiguredStorage(address, fingerprint=encoder.bundle.fingerprint)
        self._search = VectorSearch(encoder, configured)

    def found(self, query: str, mode: str) -> list[str]:
        """The documents of the chunks found, the best first."""
        request = {"query": query, "max_num_results": FOUND, "ranking_options": MODES[mode]}
        answer = self._search.search(None, request, RequestContext(request_id="benchmark"))
        return [one["file_id"] for one in json.loads(answer.body)["data"]]

    def places(self, asked: Sequence[Question], mode: str) -> list[int]:
        """The rank of each question's document."""
        return [place(one.document, self.found(one.query, mode)) for one in asked]


class Recorded:
    """A vector index that remembers its records."""

    def __init__(self, index: VectorIndex) -> None:
        self._index = index
        self.records: list[Record] = []
        self.delete, self.read, self.has_attribute = index.delete, index.read, index.has_attribute
        self.search_vectors, self.search_text = index.search_vectors, index.search_text

    def upsert(self, records: Sequence[Record], *, deadline: float | None = None) -> None:
        self.records += records
        self._index.upsert(records, deadline=deadline)


def place(document: str, found: Sequence[str]) -> int:
    """The rank of `document` among those that the chunks found belong to, from 1; 0: not found."""
    distinct = [*dict.fromkeys(found)]
    return distinct.index(document) + 1 if document in distinct else 0
