"""Create, list, describe, change and delete vector stores."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from handler.errors import StoreConflict
from handler.objects.configured_storage import ConfiguredStorage, reached
from handler.objects.idempotency import id_to_make
from handler.objects.pagination import read_page
from handler.objects.request import read_request
from handler.request_context import RequestContext
from handler.stores.catalog import VectorStoreItem
from handler.stores.contract import Storage
from handler.stores.tasks import RemoveStore
from handler.vector_stores.answers import describe_made_store, describe_source_store
from handler.vector_stores.attachments import attach, find_files
from handler.vector_stores.file_request import CHUNKING_TAGS
from handler.vector_stores.made_stores import MadeStores, expect_tasks, send_or_leave
from handler.vector_stores.schemas import DeletedVectorStore, VectorStore, VectorStoreList
from handler.vector_stores.store_list import list_stores
from handler.vector_stores.store_request import IGNORED, StoreChange, StoreRequest


class VectorStores:
    """The operations on vector stores. Thread-safe.

    Every method raises what `ConfiguredStorage.store` raises.
    """

    def __init__(
        self, storage: ConfiguredStorage, made_stores: MadeStores, *, max_tokens: int
    ) -> None:
        """max_tokens: that the model reads."""
        self._storage, self._made, self._max_tokens = storage, made_stores, max_tokens

    def create(
        self, body: bytes, idempotency_key: str | None, context: RequestContext
    ) -> VectorStore:
        """Create a store, and attach files to it. Raises InvalidRequest, NotFound."""
        request = read_request(StoreRequest, body, ignored=IGNORED, tags=CHUNKING_TAGS)
        storage, now = self._storage.open(create=True), time.time()
        expect_tasks(storage)
        files = find_files(storage, request.files(max_tokens=self._max_tokens), now)
        with reached():
            name = id_to_make(
                storage.catalog,
                VectorStoreItem,
                caller=context.key,
                key=idempotency_key,
                request=b"POST /v1/vector_stores\n" + body,
                now=now,
            )
        item = self._make(storage, name, request, now)
        if files:
            store = storage.store(item.id)
            with reached():
                known = store.ledger.get_all(list(files))
            # If the request was sent before: what has been taken out since stays out.
            new = [pair for file_id, pair in files.items() if file_id not in known]
            attach(storage, store, new, now, deadline=context.deadline)
            item = self._storage.item(storage, item.id)  # with its counts
        return describe_made_store(item, now)

    def page(self, query: Mapping[str, str]) -> VectorStoreList:
        """A page of the stores, by their creation. Raises InvalidRequest."""
        page = read_page(query)
        if not self._storage.exists():
            return VectorStoreList.of([], has_more=False)
        storage = self._storage.open()
        source = self._describe_source(storage) if self._storage.has_source_store(storage) else None
        return list_stores(storage, page, source, now=time.time())

    def retrieve(self, vector_store_id: str) -> VectorStore:
        """The store with this id."""
        storage = self._storage.open()
        if vector_store_id == storage.source_store_id:
            self._storage.source_store(storage)
            return self._describe_source(storage)
        return describe_made_store(self._storage.item(storage, vector_store_id), time.time())

    def update(self, vector_store_id: str, body: bytes) -> VectorStore:
        """Change what the request has of a store. Raises InvalidRequest."""
        change = read_request(StoreChange, body)
        values: dict[str, Any] = {
            name: getattr(change, name) for name in change.model_fields_set - {"expires_after"}
        }
        if "name" in values:
            values["name"] = change.name or ""
        if "expires_after" in change.model_fields_set:
            expiry = change.expires_after
            values["expires_after_days"] = expiry.days if expiry else None
        item = self._made.change(self._storage.open(), vector_store_id, **values)
        return describe_made_store(item, time.time())

    def delete(self, vector_store_id: str) -> DeletedVectorStore:
        """Delete a store, and soon its vectors. The files that were in it stay."""
        storage = self._storage.open()
        self._made.change(storage, vector_store_id, deleted=True)
        send_or_leave(storage, RemoveStore(vector_store_id))
        return DeletedVectorStore(id=vector_store_id, object="vector_store.deleted", deleted=True)

    def _make(
        self, storage: Storage, name: str, request: StoreRequest, now: float
    ) -> VectorStoreItem:
        """The new store; the one that there is, if the request was sent before."""
        item = VectorStoreItem(
            id=name,
            created=now,
            name=request.name or "",
            description=request.description,
            metadata=request.metadata,
            expires_after_days=request.expires_after.days if request.expires_after else None,
            last_active=now,
            fingerprint=self._storage.fingerprint,
        )
        try:
            with reached(StoreConflict):
                return storage.catalog.put(item)
        except StoreConflict:
            return self._storage.item(storage, name)

    def _describe_source(self, storage: Storage) -> VectorStore:
        ledger = storage.store(storage.source_store_id).ledger
        with reached():
            first, last = ledger.page(limit=1), ledger.page(limit=1, descending=True)
            ends = (first[0], last[0]) if first and last else None
            return describe_source_store(storage.source_store_id, ledger.counts(), ends)
