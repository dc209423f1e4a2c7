"""The contracts of a store's two halves, its vector index and its ledger, and what they exchange.

A `Storage` has all that VECTOR_STORE names: the stores, and the catalog, blobs and tasks beside
them.

The index holds vectors by key. The ledger holds a row per document, which says what the index may
hold of it. Each backend beside this file implements both; one suite tests them all
(tests/handler/stores/test_vectors.py, test_ledgers.py, test_filters.py). Deadlines are times of
`time.monotonic()`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from handler.errors import StoreConflict
from handler.stores.attributes import Attribute
from handler.stores.blobs import Blobs
from handler.stores.catalog import Catalog
from handler.stores.counts import Counts, Status
from handler.stores.filters import Filter
from handler.stores.row import Row
from handler.stores.tasks import Tasks


@dataclass(frozen=True)
class Record:
    """A chunk's vector, with the chunk's metadata."""

    key: str  # see `record_key`
    vector: NDArray[np.float32]  # (384,), of unit length
    metadata: Mapping[str, Attribute]


@dataclass(frozen=True)
class Match:
    """A record that a search found, without its vector."""

    key: str
    metadata: Mapping[str, Attribute]
    cosine: float | None  # -1 to 1; None if the search was by words and the index does not say
    # None if the search was by vector:
    bm25: float | None = None  # above 0, in the index's own scale
    words: float | None = None  # how well its words match, 0 to 1; see `word_scores`


class IncompleteMatches(list[Match]):
    """Matches beside which there may be others, if the index gave up looking for them."""


class NoTextIndex(Exception):
    """The index cannot be searched by words. The message says why, and the cure, in a sentence."""


class VectorIndex(Protocol):
    """Vectors by key, and an index of the words of their texts. Thread-safe.

    The words are those of a record's `text` and `heading`. A search finds only records of the
    generation that their document's row has as `current`: what is being written, deleted, or
    written too late, is not found.

    Every method raises ServiceUnavailable if the index cannot be reached by the deadline, or
    refuses for now. What was written until then stays.
    """

    def upsert(self, records: Sequence[Record], *, deadline: float | None = None) -> None:
        """Write any number of records. A record with the key of an old one replaces it."""

    def delete(self, keys: Sequence[str], *, deadline: float | None = None) -> None:
        """Delete any number of records. Unknown keys are no error."""

    def read(self, keys: Sequence[str], *, deadline: float | None = None) -> list[Record]:
        """The records with these keys, in their order, whatever their generation.

        Without those that the index does not have.
        """

    def has_attribute(self, key: str, *, deadline: float | None = None) -> bool:
        """Whether a document of the store has a user's attribute of this name."""

    def search_vectors(
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

    def search_text(
        self,
        query: str,
        vector: NDArray[np.float32],
        *,
        limit: int,
        where: Filter | None = None,
        deadline: float | None = None,
    ) -> list[Match]:
        """The `limit` (≤ 100) records with the highest BM25 score for the words of `query`.

        Any text is a query; nothing in it is syntax. Records that have none of its words are not
        found, so a query without words finds nothing. vector: (384,), of the query, for `cosine`.
        where: only records that it holds for. Raises NoTextIndex.
        """


class Ledger(Protocol):
    """A row per document, written by compare-and-set. Thread-safe.

    Every method raises ServiceUnavailable as an index's do, and UnusableStore for a damaged row.
    Reads see every earlier write.
    """

    def bind(self, fingerprint: str) -> str:
        """Note the model whose vectors the store holds, unless one is noted. Returns the noted."""

    def get(self, document_id: str, *, deadline: float | None = None) -> Row | None:
        """The document's row, if it has one."""

    def put(self, row: Row, *, deadline: float | None = None) -> Row:
        """Write `row` if the ledger still has its revision (0: if it has no such row).

        The same transaction changes the counts (`counts.count_write`). Returns the row as it was
        written. Raises StoreConflict, and writes nothing, if another writer has written or deleted
        the row meanwhile, and StoreGone if the store is deleted. (A write that changes no counts
        may succeed then: the row is deleted with the others.)
        """

    def delete(self, row: Row, *, deadline: float | None = None) -> None:
        """Delete the row if the ledger still has its revision. Raises StoreConflict."""

    def rows(self, *, limit: int, after: str | None = None) -> list[Row]:
        """At most `limit` rows, ordered by document id, starting after the id `after`."""

    def get_all(
        self, document_ids: Sequence[str], *, deadline: float | None = None
    ) -> dict[str, Row]:
        """The rows of those documents that have one, by id."""

    def put_all(
        self, rows: Sequence[Row], *, deadline: float | None = None
    ) -> list[Row | StoreConflict]:
        """Write rows of different documents as `put` does, several at a time.

        For each: the row as it was written, or why it was not.
        """

    def page(
        self,
        *,
        limit: int,
        after: Row | None = None,
        descending: bool = False,
        status: Status | None = None,
        deadline: float | None = None,
    ) -> list[Row]:
        """At most `limit` rows that are not removed, by `created` and then by document id.

        after: the row to start after; it need not be there any more. A row that was written a
        moment ago may be missing.
        """

    def removed(self, *, before: float, limit: int) -> list[Row]:
        """At most `limit` rows that were removed from the store before that time."""

    def counts(self, *, deadline: float | None = None) -> Counts:
        """How many rows there are that are not removed, by status. Exact."""


@dataclass(frozen=True)
class Store:
    """A vector index and its ledger."""

    id: str  # as in /v1/vector_stores/{id}
    index: VectorIndex
    ledger: Ledger


class Storage(Protocol):
    """All that VECTOR_STORE names. Thread-safe."""

    @property
    def catalog(self) -> Catalog:
        """Files, vector stores, file batches and uploads."""

    @property
    def blobs(self) -> Blobs:
        """The bytes of files."""

    @property
    def tasks(self) -> Tasks:
        """What is to be done."""

    @property
    def source_store_id(self) -> str:
        """Of the store whose documents come from the bucket or the folder."""

    def store(self, store_id: str) -> Store:
        """The vectors and the ledger of a vector store. Does not look whether there is one.

        Its ledger raises StoreGone for writes if the catalog has no such store, or has it as
        deleted. Its index is made by its first `upsert`, and until then finds nothing.
        """

    def drop_vectors(self, store_id: str, *, deadline: float | None = None) -> None:
        """Delete the index of a store, and all that is in it. One that is gone is no error."""

    def drop_rows(self, store_id: str, *, deadline: float | None = None) -> bool:
        """Delete rows of a store that is deleted, without counting. False if some are left."""
