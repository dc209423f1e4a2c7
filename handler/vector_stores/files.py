"""What was ingested, in OpenAI's objects: a ledger's rows as files of a vector store."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any, cast

from handler.errors import NotFound
from handler.limits import MAX_FILE_ID, MAX_FILES_COUNTED
from handler.stores.attributes import filename
from handler.stores.contract import Ledger, Row, Status, Store
from handler.vector_stores.configured_store import ConfiguredStore, reached
from handler.vector_stores.pagination import Page, as_list, read_page

# A store's counts are taken from its ledger's rows, so many at a time.
ROWS_AT_ONCE = 1_000


class StoreFiles:
    """Lists and describes the one store and its files. Thread-safe.

    max_tokens, overlap: what documents are split by. A list's `query` is its query parameters.
    Every method raises what `ConfiguredStore.open` raises, and lists InvalidRequest as well.
    """

    def __init__(self, store: ConfiguredStore, *, max_tokens: int, overlap: int) -> None:
        self._store = store
        self._max_tokens = max_tokens
        self._overlap = overlap

    def list_stores(self, query: Mapping[str, str]) -> dict[str, Any]:
        """A page of the stores there are: one, if the page has it."""
        page = read_page(query)
        store = self._store.open()
        low, high = (page.before, page.after) if page.descending else (page.after, page.before)
        is_there = (low is None or low < store.id) and (high is None or store.id < high)
        return as_list([_describe_store(store)] if is_there else [], has_more=False)

    def retrieve_store(self, vector_store_id: str) -> dict[str, Any]:
        """The store with this id."""
        return _describe_store(self._store.open(vector_store_id))

    def list_files(self, store_id: str, query: Mapping[str, str]) -> dict[str, Any]:
        """A page of the store's files, by the order of their ids."""
        page = read_page(query)
        store = self._store.open(store_id)
        with reached():
            rows = _rows(store.ledger, page)
        # A page that ends before an id has the nearest to it: what is over is at its beginning.
        ends_there = page.before is not None and page.after is None
        shown = rows[-page.limit :] if ends_there else rows[: page.limit]
        files = [self._describe_file(row, store) for row in shown]
        return as_list(files, has_more=len(rows) > page.limit)

    def retrieve_file(self, vector_store_id: str, file_id: str) -> dict[str, Any]:
        """The store's file with this id. Raises NotFound if it has none."""
        store = self._store.open(vector_store_id)
        with reached():
            row = store.ledger.get(file_id) if 0 < len(file_id) <= MAX_FILE_ID else None
        if row is None:
            raise NotFound(
                f"The file '{file_id[:100]}' is not in the vector store '{store.id}'.",
                param="file_id",
                code="file_not_found",
            )
        return self._describe_file(row, store)

    def _describe_file(self, row: Row, store: Store) -> dict[str, Any]:
        error = {"code": row.error_code or "server_error", "message": row.error or "It failed."}
        sizes = {"max_chunk_size_tokens": self._max_tokens, "chunk_overlap_tokens": self._overlap}
        return {
            "id": row.document_id,
            "object": "vector_store.file",
            "created_at": int(row.created),
            "vector_store_id": store.id,
            "status": row.status,
            "last_error": error if row.status == "failed" else None,
            "usage_bytes": row.size,
            "attributes": dict(row.attributes),
            "chunking_strategy": {"type": "static", "static": sizes},
            # Ours.
            "filename": filename(row.source),
            "source": row.source,
            "content_type": row.content_type,
            "chunks": row.written,
            "tokens": row.tokens,
            "updated_at": int(row.updated),
        }


def _describe_store(store: Store) -> dict[str, Any]:
    counts = {"in_progress": 0, "completed": 0, "failed": 0, "cancelled": 0, "total": 0}
    size, created, updated, after, is_all = 0, 0, 0, None, False
    with reached():
        while not is_all and counts["total"] < MAX_FILES_COUNTED:
            rows = store.ledger.rows(limit=ROWS_AT_ONCE, after=after)
            for row in rows:
                counts[row.status] += 1
                size += row.size
                created = min(created or int(row.created), int(row.created))
                updated = max(updated, int(row.updated))
            counts["total"] += len(rows)
            is_all = len(rows) < ROWS_AT_ONCE
            after = rows[-1].document_id if rows else None
    return {
        "id": store.id,
        "object": "vector_store",
        "name": store.id,
        "created_at": created,  # when the first of its files was; 0 if it has none
        "last_active_at": updated or None,
        "status": "in_progress" if counts["in_progress"] else "completed",
        "file_counts": counts,
        "usage_bytes": size,
        "metadata": {},
        "expires_after": None,
        "expires_at": None,
        "counts_are_complete": is_all,  # ours
    }


def _rows(ledger: Ledger, page: Page) -> list[Row]:
    """The page's rows in its order, and one more if there are more."""
    if page.status == "cancelled":  # nothing ever is
        return []
    limit, status = page.limit + 1, cast(Status | None, page.status)
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
