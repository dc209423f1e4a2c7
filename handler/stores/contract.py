"""The contracts of a store's two halves, its vector index and its ledger, and what they exchange.

The index holds vectors by key. The ledger holds a row per document, which says what the index may
hold of it. Each backend beside this file implements both; one suite tests them all
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
    """A chunk's vector, with the chunk's metadata."""

    key: str  # <document>#<chunk>
    vector: NDArray[np.float32]  # (384,), of unit length
    metadata: Mapping[str, Attribute]


@dataclass(frozen=True)
class Match:
    """A record that a query found, without its vector."""

    key: str
    score: float  # cosine, -1 to 1
    metadata: Mapping[str, Attribute]


class VectorIndex(Protocol):
    """Vectors by key. Thread-safe.

    Every method raises ServiceUnavailable if the index cannot be reached by the deadline, or
    refuses for now. What was written until then stays.
    """

    def upsert(self, records: Sequence[Record], *, deadline: float | None = None) -> None:
        """Write any number of records. A record with the key of an old one replaces it."""

    def delete(self, keys: Sequence[str], *, deadline: float | None = None) -> None:
        """Delete any number of records. Unknown keys are no error."""

    def query(
        self,
        vector: NDArray[np.float32],
        *,
        limit: int,
        where: Filter | None = None,
        deadline: float | None = None,
    ) -> list[Match]:
        """The `limit` (≤ 100) records nearest to `vector` (384,), nearest first.

        where: only records that it holds for.
        """


@dataclass(frozen=True)
class Row:
    """The ledger's knowledge of one document."""

    document_id: str  # derived from the source
    source: str  # s3://bucket/key, or file:///path
    status: Status = "in_progress"
    error_code: str | None = None  # if it failed: invalid_file or unsupported_file …
    error: str | None = None  # … and why, in a sentence
    warnings: Sequence[str] = ()  # what was not read, guessed or replaced; a sentence each
    etag: str = ""  # of the content
    version: str | None = None  # the bucket's version id of it
    size: int = 0  # bytes
    modified: float = 0.0  # s since 1970
    content_type: str | None = None
    attributes: Mapping[str, Attribute] = field(default_factory=dict)  # the user's
    stated_attributes: Mapping[str, Attribute] = field(default_factory=dict)  # the document's own
    recipe: str = ""  # the model and settings that made the vectors
    sequencer: str | None = None  # of the newest event that the row accounts for
    chunks: int = 0  # keys 0 … chunks - 1 may be in the store, none beyond
    written: int = 0  # keys 0 … written - 1 are, of this content and recipe
    offset: int = 0  # where in the text the next chunk starts, if in progress
    tokens: int = 0  # that the model read in the written chunks
    created: float = 0.0  # s since 1970
    updated: float = 0.0
    owner: str | None = None  # the holder of the lease …
    leased_until: float = 0.0  # … and when it expires; s since 1970
    revision: int = 0  # of its last write; 0: not written yet

    def to_json(self) -> bytes:
        """The row as ledgers keep it."""
        values = asdict(self)
        return orjson.dumps({"document": values.pop("document_id"), **values})

    @classmethod
    def from_json(cls, text: str) -> Row:
        """The row that a ledger kept. Ignores fields that a newer version may have written."""
        values = orjson.loads(text)
        known = {name: value for name, value in values.items() if name in ROW_FIELDS}
        known["warnings"] = tuple(known.get("warnings", ()))
        return cls(document_id=values["document"], **known)

    def rewritten(self) -> Row:
        """The row with its next revision, which no row of the document has had before.

        The first revision is the time in microseconds, so that a row that is deleted and made again
        is not taken for the old one.
        """
        return replace(self, revision=(self.revision or time.time_ns() // 1000) + 1)


ROW_FIELDS = frozenset(field.name for field in fields(Row))


class Ledger(Protocol):
    """A row per document, written by compare-and-set. Thread-safe.

    Every method raises ServiceUnavailable as an index's do. Reads see every earlier write.
    """

    def bind(self, fingerprint: str) -> str:
        """Note the model whose vectors the store holds, unless one is noted. Returns the noted."""

    def get(self, document_id: str, *, deadline: float | None = None) -> Row | None:
        """The document's row, if it has one."""

    def put(self, row: Row, *, deadline: float | None = None) -> Row:
        """Write `row` if the ledger still has its revision (0: if it has no such row).

        Returns the row with its new revision. Raises StoreConflict, and writes nothing, if another
        writer has written or deleted the row meanwhile.
        """

    def delete(self, row: Row, *, deadline: float | None = None) -> None:
        """Delete the row if the ledger still has its revision. Raises StoreConflict."""

    def rows(
        self,
        *,
        limit: int,
        after: str | None = None,
        descending: bool = False,
        status: Status | None = None,
    ) -> list[Row]:
        """At most `limit` rows, ordered by document id, starting after the id `after`."""


@dataclass(frozen=True)
class Store:
    """A vector index and its ledger: what VECTOR_STORE names."""

    id: str  # as in /v1/vector_stores/{id}
    index: VectorIndex
    ledger: Ledger
