"""The two backends that one suite tests: SQLite in a file, and AWS as moto's server plays it."""

from __future__ import annotations

from collections.abc import Callable

from handler.settings import SqliteAddress, StoreAddress
from handler.stores.aws.index import open_s3vectors
from handler.stores.contract import Store
from handler.stores.sqlite.index import open_sqlite

NewAddress = Callable[[], StoreAddress]


def open_at(address: StoreAddress) -> Store:
    """The store at `address`, not bound to a model."""
    return open_sqlite(address) if isinstance(address, SqliteAddress) else open_s3vectors(address)
