"""A bucket in memory, and a look at what a store holds of a document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from handler import documents
from handler.documents.document import Document
from handler.ingestion.planning import document_id
from handler.ingestion.sources.contract import SourceSnapshot
from handler.stores.attributes import Attribute
from handler.stores.contract import Match, Store
from handler.stores.filters import Comparison
from handler.stores.record_key import RecordKey
from handler.stores.row import Row

SOURCE = "s3://bucket/handbook/pets.md"
PETS = b"# Cats\n\nCats sleep for most of the day.\n\n# Dogs\n\nDogs want to go for a walk."
LONG = " ".join(f"This is sentence number {number} of many." for number in range(400)).encode()


class Bucket:
    """Objects in memory."""

    def __init__(self) -> None:
        self.objects: dict[str, SourceSnapshot] = {}
        self.reads = 0

    def put(self, content: bytes, *, source: str = SOURCE, **about: Any) -> None:
        def read() -> bytes:
            self.reads += 1
            return content

        known = SourceSnapshot(
            etag=f"etag-{hash(content)}",
            version="v1",
            size=len(content),
            modified=1_700_000_000.5,
            content_type="text/markdown",
            read=read,
        )
        self.objects[source] = replace(known, **about)

    def find(self, source: str, *, deadline: float | None = None) -> SourceSnapshot | None:
        return self.objects.get(source)


def extract(content: bytes, *, name: str, content_type: str | None, seconds: float) -> Document:
    return documents.extract(content, name=name, content_type=content_type)


def found(store: Store, source: str = SOURCE) -> list[Match]:
    """The document's records, as queries find them, in the order of its chunks."""
    where = Comparison("source", "eq", source)
    matches = store.index.search_vectors(np.ones(384, np.float32), limit=100, where=where)
    return sorted(matches, key=lambda match: RecordKey.parse(match.key).chunk)


def contents(matches: list[Match]) -> list[tuple[float | None, Mapping[str, Attribute]]]:
    """The records without their keys, which differ each time that a document is written."""
    return [(match.cosine, match.metadata) for match in matches]


def row_of(store: Store, source: str = SOURCE) -> Row:
    row = store.ledger.get(document_id(source))
    assert row is not None
    return row
