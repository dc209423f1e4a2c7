"""The vector stores that the API made, as the catalog has them: find, change, and note their use.

The store of the bucket or folder changes only with its documents.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace
from typing import Any

from handler.errors import ApiError, InvalidRequest, NotReady, TryLater
from handler.objects.configured_storage import ConfiguredStorage, reached
from handler.stores.catalog import VectorStoreItem
from handler.stores.compare_and_set import until_written
from handler.stores.contract import Storage, Store
from handler.stores.tasks import Task

TOUCH_SECONDS = 60.0  # between notes of when a store was used last
TOUCH_WAIT = 0.2  # for other writers; a search does not wait longer

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class MadeStore:
    """A vector store that the API made."""

    item: VectorStoreItem
    store: Store


class MadeStores:
    """Finds and changes stores that the API made. Thread-safe.

    Every method raises what `ConfiguredStorage.item` raises.
    """

    def __init__(self, storage: ConfiguredStorage) -> None:
        self._storage = storage

    def find(self, storage: Storage, vector_store_id: str) -> VectorStoreItem:
        """The store with this id. Raises InvalidRequest for that of the bucket or folder."""
        if vector_store_id != storage.source_store_id:
            expect_tasks(storage)
            return self._storage.item(storage, vector_store_id)
        self._storage.source_store(storage)
        raise InvalidRequest(
            f"The files of the vector store '{vector_store_id}' come from the bucket or folder. "
            "Change the documents there, or create another vector store (POST /v1/vector_stores) "
            "for uploaded files.",
            param="vector_store_id",
            code="vector_store_read_only",
        )

    def for_files(self, storage: Storage, vector_store_id: str) -> MadeStore:
        """The store, for files to be attached. Raises InvalidRequest, also if it is expired."""
        item = self.find(storage, vector_store_id)
        expect_unexpired(item)
        return MadeStore(item, self._storage.made_store(storage, item))

    def change(self, storage: Storage, vector_store_id: str, **values: Any) -> VectorStoreItem:
        """Give a store's item other values, whatever others change in it. Returns the new item."""

        def change() -> VectorStoreItem:
            return storage.catalog.put(replace(self.find(storage, vector_store_id), **values))

        with reached():
            return until_written(change)

    def touch(self, storage: Storage, item: VectorStoreItem) -> None:
        """Note that the store is used, at most once a minute. It is no error if that fails."""
        now = time.time()
        if now - item.last_active < TOUCH_SECONDS:
            return
        try:
            storage.catalog.put(
                replace(item, last_active=now), deadline=time.monotonic() + TOUCH_WAIT
            )
        except (TryLater, ApiError) as error:
            log.info("the use of a vector store was not noted: %s", type(error).__name__)


def expect_tasks(storage: Storage) -> None:
    """Raises NotFound if the deployment has no queue: before anything is written, not after."""
    _ = storage.tasks


def send_or_leave(storage: Storage, task: Task) -> None:
    """Send a task that deletes vectors. They are found no more, so it can be left to the sweep."""
    try:
        with reached():
            storage.tasks.send([task])
    except NotReady:
        log.warning("vectors that are not found any more stay until the next sweep")


def expect_unexpired(item: VectorStoreItem) -> None:
    """Raises InvalidRequest if the store is expired."""
    if item.is_expired(time.time()):
        days = item.expires_after_days
        unused = "a day" if days == 1 else f"{days} days"
        raise InvalidRequest(
            f"The vector store '{item.id}' has expired: it was not used for {unused}, and its "
            "files were removed. Create another one.",
            param="vector_store_id",
            code="vector_store_expired",
        )
