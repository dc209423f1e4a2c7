"""The files of a vector store, which are the rows of its ledger, as OpenAI's objects."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace

from handler.objects.configured_storage import ConfiguredStorage, reached
from handler.objects.pagination import read_page
from handler.objects.request import read_request
from handler.request_context import RequestContext
from handler.stores.contract import Store
from handler.stores.ids import is_id
from handler.stores.removal import take_out
from handler.stores.row import Row
from handler.stores.tasks import ReconcileFile
from handler.vector_stores.answers import FileDescriber
from handler.vector_stores.attachments import attach, check_size, find_files
from handler.vector_stores.content import page_of
from handler.vector_stores.file_request import (
    CHUNKING_TAGS,
    AttachRequest,
    AttributesRequest,
    attachment,
    same_attributes,
)
from handler.vector_stores.made_stores import MadeStores, send_or_leave
from handler.vector_stores.rows import (
    change_row,
    find_row,
    not_in_store,
    page_of_rows,
    settled,
)
from handler.vector_stores.schemas import (
    DeletedVectorStoreFile,
    VectorStoreFile,
    VectorStoreFileContent,
    VectorStoreFileList,
)


class StoreFiles:
    """The operations on the files of vector stores. Thread-safe.

    Every method raises what `ConfiguredStorage.store` raises, NotFound for a file that is not
    there, and InvalidRequest for a wrong request, or if the store's files cannot be changed.
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

    def attach(self, vector_store_id: str, body: bytes, context: RequestContext) -> VectorStoreFile:
        """Attach an uploaded file to the store."""
        request = read_request(AttachRequest, body, tags=CHUNKING_TAGS)
        storage, now = self._storage.open(), time.time()
        made = self._made.for_files(storage, vector_store_id)
        wanted = attachment(
            request.file_id,
            "file_id",
            request.attributes,
            request.chunking_strategy,
            max_tokens=self._max_tokens,
        )
        most = self._storage.attribute_bytes
        files = find_files(storage, [wanted], now, attribute_bytes=most)
        (row,) = attach(storage, made.store, [*files.values()], now, deadline=context.deadline)
        self._made.touch(storage, made.item)
        return self._describe(row, made.store)

    def page(self, vector_store_id: str, query: Mapping[str, str]) -> VectorStoreFileList:
        """A page of the store's files, in the order in which they came into it."""
        page = read_page(query)
        store = self._known(vector_store_id)
        with reached():
            rows, more = page_of_rows(store.ledger, page)
        return VectorStoreFileList.of([self._describe(row, store) for row in rows], has_more=more)

    def retrieve(self, vector_store_id: str, file_id: str) -> VectorStoreFile:
        """The store's file with this id."""
        store = self._known(vector_store_id)
        return self._describe(find_row(store, file_id), store)

    def update(
        self, vector_store_id: str, file_id: str, body: bytes, context: RequestContext
    ) -> VectorStoreFile:
        """Give the file other attributes. Waits a moment for searches to find by them."""
        attributes = read_request(AttributesRequest, body).attributes or {}
        storage = self._storage.open()
        store = self._made.for_files(storage, vector_store_id).store

        def change(row: Row) -> Row:
            if same_attributes(row.requested, attributes):
                return row
            check_size(attributes, row, self._storage.attribute_bytes)
            is_done = row.status in ("failed", "cancelled")  # it has no vectors to change
            status = row.status if is_done else "in_progress"
            return replace(row, requested=attributes, status=status, updated=time.time())

        row = change_row(store, file_id, change)
        if row.status == "in_progress":
            with reached():
                storage.tasks.send([ReconcileFile(store.id, file_id)], deadline=context.deadline)
            row = settled(storage, store, row, context)
        return self._describe(row, store)

    def remove(self, vector_store_id: str, file_id: str) -> DeletedVectorStoreFile:
        """Take the file out of the store. The file itself stays."""
        storage = self._storage.open()
        item = self._made.find(storage, vector_store_id)
        store = storage.store(item.id)
        with reached():
            row = take_out(store.ledger, file_id, now=time.time()) if is_id(file_id) else None
        if row is None:
            raise not_in_store(store, file_id)
        send_or_leave(storage, ReconcileFile(store.id, file_id))
        return DeletedVectorStoreFile(id=file_id, object="vector_store.file.deleted", deleted=True)

    def content(
        self,
        vector_store_id: str,
        file_id: str,
        query: Mapping[str, str],
        context: RequestContext,
    ) -> VectorStoreFileContent:
        """A page of the text that was read of the file."""
        store = self._known(vector_store_id)
        row = find_row(store, file_id)
        with reached():
            return page_of(store, row, query.get("page"), context)

    def _known(self, vector_store_id: str) -> Store:
        return self._storage.known_store(self._storage.open(), vector_store_id)
