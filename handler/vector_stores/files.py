"""The files of the vector store, which are the rows of its ledger, as OpenAI's objects."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast, get_args

from handler.errors import NotFound
from handler.limits import MAX_FILE_ID, MAX_FILES_COUNTED
from handler.objects.configured_storage import ConfiguredStorage, reached
from handler.objects.pagination import Page, read_page
from handler.stores.attributes import Attribute, describe, filename, merge_attributes
from handler.stores.contract import Ledger, Store
from handler.stores.row import Row
from handler.vector_stores.schemas import (
    ChunkingStrategy,
    ChunkSizes,
    ErrorCode,
    FileCounts,
    LastError,
    VectorStore,
    VectorStoreFile,
    VectorStoreFileList,
    VectorStoreList,
)

# Rows that are read at a time, to count a store's files.
ROWS_AT_ONCE = 1_000


class StoreFiles:
    """Lists and describes the one store and its files. Thread-safe.

    max_tokens, overlap: the sizes of chunks, in tokens. query: the query parameters of a list.
    Every method raises what `ConfiguredStorage.store` raises. Lists also raise InvalidRequest.
    """

    def __init__(self, storage: ConfiguredStorage, *, max_tokens: int, overlap: int) -> None:
        self._storage = storage
        self._max_tokens = max_tokens
        self._overlap = overlap

    def list_stores(self, query: Mapping[str, str]) -> VectorStoreList:
        """A page of the stores: the one there is, or none."""
        page = read_page(query)
        store = self._storage.store()
        low, high = (page.before, page.after) if page.descending else (page.after, page.before)
        is_there = (low is None or low < store.id) and (high is None or store.id < high)
        return VectorStoreList.of([_describe_store(store)] if is_there else [], has_more=False)

    def retrieve_store(self, vector_store_id: str) -> VectorStore:
        """The store with this id."""
        return _describe_store(self._storage.store(vector_store_id))

    def list_files(self, store_id: str, query: Mapping[str, str]) -> VectorStoreFileList:
        """A page of the store's files, in the order of their ids."""
        page = read_page(query)
        store = self._storage.store(store_id)
        with reached():
            rows = _rows(store.ledger, page)
        # A page before an id holds the ids nearest to it, so the surplus row is its first.
        ends_there = page.before is not None and page.after is None
        shown = rows[-page.limit :] if ends_there else rows[: page.limit]
        files = [self._describe_file(row, store) for row in shown]
        return VectorStoreFileList.of(files, has_more=len(rows) > page.limit)

    def retrieve_file(self, vector_store_id: str, file_id: str) -> VectorStoreFile:
        """The store's file with this id. Raises NotFound if there is none."""
        store = self._storage.store(vector_store_id)
        with reached():
            row = store.ledger.get(file_id) if 0 < len(file_id) <= MAX_FILE_ID else None
        if row is None:
            raise NotFound(
                f"The file '{file_id[:100]}' is not in the vector store '{store.id}'.",
                param="file_id",
                code="file_not_found",
            )
        return self._describe_file(row, store)

    def _describe_file(self, row: Row, store: Store) -> VectorStoreFile:
        sizes = ChunkSizes(
            max_chunk_size_tokens=self._max_tokens, chunk_overlap_tokens=self._overlap
        )
        return VectorStoreFile(
            id=row.document_id,
            object="vector_store.file",
            created_at=int(row.created),
            vector_store_id=store.id,
            status=row.status,
            last_error=_last_error(row),
            warnings=list(row.warnings),
            usage_bytes=row.size,
            attributes=_attributes(row),
            chunking_strategy=ChunkingStrategy(type="static", static=sizes),
            filename=filename(row.source),
            source=row.source,
            content_type=row.content_type,
            chunks=row.written,
            tokens=row.tokens,
            updated_at=int(row.updated),
        )


def _attributes(row: Row) -> dict[str, Attribute]:
    ours = describe(row.source, row.content_type, row.modified)
    return merge_attributes(row.attributes, row.stated_attributes, ours)


def _last_error(row: Row) -> LastError | None:
    if row.status != "failed":
        return None
    code = row.error_code if row.error_code in get_args(ErrorCode) else "server_error"
    return LastError(code=cast(ErrorCode, code), message=row.error or "It failed.")


@dataclass
class _Totals:
    """The totals of a store's files."""

    counts: Counter[str] = field(default_factory=Counter)  # of each status
    size: int = 0  # bytes
    created: int = 0  # of the first file, in seconds since 1970; 0 if there is none
    updated: int = 0
    is_complete: bool = False

    def add(self, row: Row) -> None:
        """Count one more file."""
        self.counts[row.status] += 1
        self.size += row.size
        self.created = min(self.created or int(row.created), int(row.created))
        self.updated = max(self.updated, int(row.updated))


def _count(ledger: Ledger) -> _Totals:
    """The totals of the store's files: of the first MAX_FILES_COUNTED, at most."""
    totals, after = _Totals(), None
    while not totals.is_complete and totals.counts.total() < MAX_FILES_COUNTED:
        rows = ledger.rows(limit=ROWS_AT_ONCE, after=after)
        for row in rows:
            totals.add(row)
        totals.is_complete = len(rows) < ROWS_AT_ONCE
        after = rows[-1].document_id if rows else None
    return totals


def _describe_store(store: Store) -> VectorStore:
    with reached():
        totals = _count(store.ledger)
    counts = totals.counts
    return VectorStore(
        id=store.id,
        object="vector_store",
        name=store.id,
        created_at=totals.created,
        last_active_at=totals.updated or None,
        status="in_progress" if counts["in_progress"] else "completed",
        file_counts=FileCounts(
            in_progress=counts["in_progress"],
            completed=counts["completed"],
            failed=counts["failed"],
            cancelled=0,  # ingestion is never cancelled
            total=counts.total(),
        ),
        usage_bytes=totals.size,
        metadata={},
        expires_after=None,
        expires_at=None,
        counts_are_complete=totals.is_complete,
    )


def _rows(ledger: Ledger, page: Page) -> list[Row]:
    """The page's rows in its order, and one surplus row if there are more."""
    if page.status == "cancelled":  # ingestion is never cancelled
        return []
    limit, status = page.limit + 1, page.status
    if page.before is not None and page.after is None:
        back = ledger.rows(
            limit=limit, after=page.before, descending=not page.descending, status=status
        )
        return back[::-1]
    rows = ledger.rows(limit=limit, after=page.after, descending=page.descending, status=status)
    if page.before is None:
        return rows
    comes_before = operator.gt if page.descending else operator.lt
    return [row for row in rows if comes_before(row.document_id, page.before)]
