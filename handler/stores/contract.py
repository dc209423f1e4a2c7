"""What a vector store and its ledger do: the two contracts, and what passes through them.

A store holds vectors by key; its ledger holds a row per document, which says what of it is in the
store. Both are one class per backend beside this file, tested by one suite
(tests/handler/stores/test_vectors.py, test_ledgers.py, test_filters.py). Deadlines are times of
`time.monotonic()`.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Literal, Protocol

import numpy as np
import orjson
from numpy.typing import NDArray

from handler.stores.attributes import Attribute
from handler.stores.filters import Filter

Status = Literal["in_progress", "completed", "failed"]


@dataclass(frozen=True)
class Record:
    """A chunk's vector and what is known of the chunk."""

    key: str  # <document>#<chunk>
    vector: NDArray[np.float32]  # (384,), of unit length
    metadata: Mapping[str, Attribute]


@dataclass(frozen=True)
class Match:
    """A record that was found, without its vector."""

    key: str
    score: float  # cosine, -1 to 1
    metadata: Mapping[str, Attribute]


class VectorIndex(Protocol):
    """Vectors by key. Thread-safe.

    Every method raises ServiceUnavailable if the store cannot be reached, or not by the deadline,
    or refuses for now; what was written until then stays.
    """

    def upsert(self, records: Sequence[Record], *, deadline: float | None = None) -> None:
        """Write any number of records; one whose key is there already is replaced."""

    def delete(self, keys: Sequence[str], *, deadline: float | None = None) -> None:
        """Delete any number of records; keys that are not there are no error."""

    def query(
        self,
        vector: NDArray[np.float32],
        *,
        limit: int,
        where: Filter | None = None,
        deadline: float | None = None,
    ) -> list[Match]:
        """The at most `limit` (≤ 100) records nearest to `vector` (384,) of those that `where`
        holds for, nearest first.
        """


@dataclass(frozen=True)
class Row:
    """What the ledger knows of a document."""

    document_id: str  # derived from the source
    source: str  # s3://bucket/key, or file:///path
    status: Status = "in_progress"
    error_code: str | None = None  # if it failed: invalid_file or unsupported_file …
    error: str | None = None  # … and why, in a sentence
    etag: str = ""  # of the content
    version: str | None = None  # the bucket's version id of it
    size: int = 0  # bytes
    modified: float = 0.0  # s since 1970
    content_type: str | None = None
    attributes: Mapping[str, Attribute] = field(default_factory=dict)  # the user's
    recipe: str = ""  # model and settings that the vectors were made with
    sequencer: str | None = None  # of the newest event that the row takes account of
    chunks: int = 0  # keys 0 … chunks - 1 may be in the store, none beyond
    written: int = 0  # keys 0 … written - 1 are, of this content and recipe
    offset: int = 0  # where in the text the next chunk is looked for, if in progress
    tokens: int = 0  # that the model read, of the chunks written
    created: float = 0.0  # s since 1970
    updated: float = 0.0
    owner: str | None = None  # who may write this document's vectors …
    leased_until: float = 0.0  # … and until when; s since 1970
    revision: int = 0  # that of its last write; 0: not written yet

    def to_json(self) -> bytes:
        """The row as ledgers keep it."""
        values = asdict(self)
        return orjson.dumps({"document": values.pop("document_id"), **values})

    @classmethod
    def from_json(cls, text: str) -> Row:
        """The row that a ledger kept. Ignores fields that a newer version may have written."""
        values = orjson.loads(text)
        known = {name: value for name, value in values.items() if name in ROW_FIELDS}
        return cls(document_id=values["document"], **known)

    def rewritten(self) -> Row:
        """The row with its next revision, which no row of the document has had before.

        The first is the time, in microseconds: a row that is deleted and made again does not pass
        for the old one.
        """
        return replace(self, revision=(self.revision or time.time_ns() // 1000) + 1)


ROW_FIELDS = frozenset(field.name for field in fields(Row))


class Ledger(Protocol):
    """A row per document, written by compare-and-set. Thread-safe.

    Every method raises ServiceUnavailable as a store's do. Reads see every write before them.
    """

    def bind(self, fingerprint: str) -> str:
        """Note the model whose vectors the store is for, unless one is noted; return the noted."""

    def get(self, document_id: str, *, deadline: float | None = None) -> Row | None:
        """The document's row, if it has one."""

    def put(self, row: Row, *, deadline: float | None = None) -> Row:
        """Write `row`, provided that the ledger still has its revision (0: has no such row).

        Returns it with its new revision. Raises StoreConflict, and writes nothing, if somebody
        else has written or deleted the row meanwhile.
        """

    def delete(self, row: Row, *, deadline: float | None = None) -> None:
        """Delete the row, provided that the ledger still has its revision. Raises StoreConflict."""

    def rows(
        self,
        *,
        limit: int,
        after: str | None = None,
        descending: bool = False,
        status: Status | None = None,
    ) -> list[Row]:
        """At most `limit` rows by the order of their documents' ids, from after the id `after`."""


@dataclass(frozen=True)
class Store:
    """A vector store with its ledger: what VECTOR_STORE names."""

    id: str  # as in /v1/vector_stores/{id}
    index: VectorIndex
    ledger: Ledger
