"""How much the stores of VECTOR_STORE hold, and what waits to be done for them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from handler.limits import METRICS_STORE_SECONDS
from handler.objects.configured_storage import ConfiguredStorage
from handler.stores.catalog import VectorStoreItem
from handler.stores.contract import Storage
from handler.stores.counts import Counts
from handler.stores.sqlite.storage import SqliteStorage
from handler.stores.sqlite.tasks import TaskCounts

PAGE = 100  # vector stores that are read at a time


@dataclass(frozen=True)
class FileFacts:
    """What only a store in a file tells."""

    chunks: int
    size: int  # bytes, with those that are beside it and not yet in it
    tasks: TaskCounts


@dataclass(frozen=True)
class StoreFacts:
    """What the vector stores hold together."""

    made_stores: int = 0  # that the API made, beside the one of the bucket or folder
    files: Counts = field(default_factory=Counts)  # of all stores
    file: FileFacts | None = None


def read_store_facts(storage: ConfiguredStorage) -> StoreFacts:
    """The facts of now; all 0 if nothing was ever stored.

    Raises what `ConfiguredStorage.open` raises, and TryLater if a store does not answer in time.
    """
    if not storage.exists():
        return StoreFacts()
    opened, deadline = storage.open(), time.monotonic() + METRICS_STORE_SECONDS
    stores, files = _made_stores(opened, deadline)
    files += opened.store(opened.source_store_id).ledger.counts(deadline=deadline)
    if not isinstance(opened, SqliteStorage):
        return StoreFacts(stores, files)
    facts = FileFacts(opened.count_chunks(), opened.size(), opened.tasks.count())
    return StoreFacts(stores, files, facts)


def _made_stores(storage: Storage, deadline: float) -> tuple[int, Counts]:
    """How many stores the API made, and how many files they have."""
    stores, files, after = 0, Counts(), None
    while page := storage.catalog.page(VectorStoreItem, limit=PAGE, after=after, deadline=deadline):
        stores += len(page)
        files = sum((item.counts for item in page), files)
        after = page[-1].id
    return stores, files
