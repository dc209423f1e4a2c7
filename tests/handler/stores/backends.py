"""The two backends that one suite tests: SQLite in a file, and AWS as moto's server plays it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from handler.settings import StoreAddress
from handler.stores import open_source_store
from handler.stores.catalog import VectorStoreItem
from handler.stores.contract import Storage, Store
from handler.stores.ids import new_id

NewAddress = Callable[[], StoreAddress]
open_at = open_source_store


def new_store(storage: Storage, **values: Any) -> Store:
    """A vector store that was made through the API. values: of its item."""
    item = VectorStoreItem(
        id=new_id("vs_", time.time()), created=time.time(), fingerprint="model", **values
    )
    storage.catalog.put(item)
    return storage.store(item.id)


def item_of(storage: Storage, store: Store) -> VectorStoreItem:
    """What the catalog has of a vector store."""
    item = storage.catalog.get(VectorStoreItem, store.id)
    assert item is not None
    return item


def mark_deleted(storage: Storage, store: Store) -> None:
    """Mark a vector store as deleted."""
    storage.catalog.put(replace(item_of(storage, store), deleted=True))
