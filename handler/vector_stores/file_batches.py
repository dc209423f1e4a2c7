"""File batches: files that are attached to a vector store by one request."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from handler.errors import InvalidRequest, NotFound, StoreConflict
from handler.objects.configured_storage import ConfiguredStorage, reached
from handler.objects.idempotency import id_to_make
from handler.objects.pagination import Page, read_page
from handler.request_context import RequestContext
from handler.stores.catalog import FileBatch, StoredFile
from handler.stores.compare_and_set import change_rows, until_written
from handler.stores.contract import Storage, Store
from handler.stores.ids import is_id
from handler.stores.row import Row
from handler.stores.tasks import ReconcileFile
from handler.vector_stores.answers import FileDescriber, describe_batch
from handler.vector_stores.attachments import AT_ONCE, attach, expect_room, find_files
from handler.vector_stores.batch_request import read_batch
from handler.vector_stores.file_request import Attachment
from handler.vector_stores.listing import read_list
from handler.vector_stores.made_stores import MadeStores
from handler.vector_stores.rows import by_creation
from handler.vector_stores.schemas import VectorStoreFileBatch, VectorStoreFileList
from handler.vector_stores.store_list import unknown_place


class FileBatches:
    """The operations on file batches. Thread-safe.

    Every method raises what `ConfiguredStorage.store` raises, NotFound for a batch that is not of
    this store, and InvalidRequest.
    """

    def __init__(
        self,
        storage: ConfiguredStorage,
        made_stores: MadeStores,
        describe: FileDescriber,
        *,
        max_tokens: int,
    ) -> None:
        """max_tokens: that the model reads."""
        self._storage, self._made = storage, made_stores
        self._describe, self._max_tokens = describe, max_tokens

    def create(
        self,
        vector_store_id: str,
        body: bytes,
        idempotency_key: str | None,
        context: RequestContext,
    ) -> VectorStoreFileBatch:
        """Attach the files of a request."""
        wanted = read_batch(body, max_tokens=self._max_tokens)
        storage, now = self._storage.open(), time.time()
        made = self._made.for_files(storage, vector_store_id)
        most = self._storage.attribute_bytes
        files = find_files(storage, wanted, now, attribute_bytes=most)
        expect_room(made.store, list(files))
        with reached():
            name = id_to_make(
                storage.catalog,
                FileBatch,
                caller=context.key,
                key=idempotency_key,
                request=f"POST {vector_store_id}/file_batches\n".encode() + body,
                now=now,
            )
        batch = _make(storage, name, vector_store_id, list(files), now)
        if batch is None:  # the request was sent before
            batch = self._find(storage, vector_store_id, name)
            files = _not_attached(made.store, batch, files)
        if not batch.cancelled:
            attach(
                storage,
                made.store,
                [*files.values()],
                now,
                batch=name,
                deadline=context.deadline,
            )
        self._made.touch(storage, made.item)
        return describe_batch(self._find(storage, vector_store_id, name))

    def retrieve(self, vector_store_id: str, batch_id: str) -> VectorStoreFileBatch:
        """The batch with this id."""
        return describe_batch(self._find(self._storage.open(), vector_store_id, batch_id))

    def cancel(self, vector_store_id: str, batch_id: str) -> VectorStoreFileBatch:
        """Give up what is still in progress. A batch that is cancelled already is answered."""
        storage = self._storage.open()
        batch = self._mark_cancelled(storage, vector_store_id, batch_id)
        store = storage.store(vector_store_id)
        for start in range(0, len(batch.file_ids), AT_ONCE):
            with reached():
                cancelled = _cancel(store, batch, batch.file_ids[start : start + AT_ONCE])
                storage.tasks.send([ReconcileFile(store.id, each) for each in cancelled])
        return describe_batch(self._find(storage, vector_store_id, batch_id))

    def page(
        self, vector_store_id: str, batch_id: str, query: Mapping[str, str]
    ) -> VectorStoreFileList:
        """A page of the batch's files that are in the store, in the order of their attachment."""
        page, storage = read_page(query), self._storage.open()
        batch = self._find(storage, vector_store_id, batch_id)
        store = storage.store(vector_store_id)
        with reached():
            known = store.ledger.get_all(batch.file_ids)
        rows, more = _page(sorted(known.values(), key=by_creation), page)
        return VectorStoreFileList.of([self._describe(row, store) for row in rows], has_more=more)

    def _find(self, storage: Storage, vector_store_id: str, batch_id: str) -> FileBatch:
        self._storage.known_store(storage, vector_store_id)
        with reached():
            batch = storage.catalog.get(FileBatch, batch_id) if is_id(batch_id) else None
        if batch is None or batch.vector_store_id != vector_store_id:
            raise NotFound(
                f"The file batch '{batch_id[:100]}' is not one of the vector store "
                f"'{vector_store_id}'.",
                param="batch_id",
                code="file_batch_not_found",
            )
        return batch

    def _mark_cancelled(self, storage: Storage, vector_store_id: str, batch_id: str) -> FileBatch:
        def mark() -> FileBatch:
            batch = self._find(storage, vector_store_id, batch_id)
            if batch.cancelled:
                return batch
            if not batch.all_counts.in_progress:
                raise InvalidRequest(
                    f"The file batch '{batch_id}' is {describe_batch(batch).status}; only one that "
                    "is in progress can be cancelled.",
                    param="batch_id",
                    code="file_batch_not_in_progress",
                )
            return storage.catalog.put(replace(batch, cancelled=True))

        with reached():
            return until_written(mark)


def _make(
    storage: Storage, name: str, vector_store_id: str, file_ids: Sequence[str], now: float
) -> FileBatch | None:
    """The new batch; None if there is one with this id."""
    batch = FileBatch(id=name, created=now, vector_store_id=vector_store_id, file_ids=file_ids)
    try:
        with reached(StoreConflict):
            return storage.catalog.put(batch)
    except StoreConflict:
        return None


def _not_attached(
    store: Store, batch: FileBatch, files: Mapping[str, tuple[Attachment, StoredFile]]
) -> dict[str, tuple[Attachment, StoredFile]]:
    """The files that an earlier request, which made the batch, did not come to attach.

    Whatever it attached has been written since the batch was made.
    """
    with reached():
        rows = store.ledger.get_all(list(files))
    return {
        name: pair
        for name, pair in files.items()
        if name not in rows or rows[name].updated < batch.created
    }


def _cancel(store: Store, batch: FileBatch, file_ids: Sequence[str]) -> list[str]:
    """Cancel those of the files that are in progress. Returns their ids."""

    def cancelled(_: str, row: Row | None) -> Row | None:
        if row is None or row.removed or row.status != "in_progress" or batch.id not in row.batches:
            return None
        return replace(row, status="cancelled", current=None, updated=time.time())

    return list(change_rows(store.ledger, file_ids, cancelled))


def _page(rows: Sequence[Row], page: Page) -> tuple[list[Row], bool]:
    """The page of rows that are in order. Raises InvalidRequest for an unknown place."""
    by_id = {row.document_id: row for row in rows}

    def fetch(after: Row | None, *, descending: bool, limit: int) -> list[Row]:
        ordered = rows[::-1] if descending else rows
        start = 0 if after is None else ordered.index(after) + 1
        found = [
            row for row in ordered[start:] if not row.removed and page.status in (None, row.status)
        ]
        return found[:limit]

    def place(file_id: str | None, param: str) -> Row | None:
        if file_id and file_id not in by_id:
            raise unknown_place(file_id, param, "file")
        return by_id[file_id] if file_id else None

    after, before = place(page.after, "after"), place(page.before, "before")
    return read_list(fetch, page, after=after, before=before, key=by_creation)
