"""The two backends that one suite tests: SQLite in a file, and AWS as moto's server plays it."""

from __future__ import annotations

from collections.abc import Callable

from handler.settings import StoreAddress
from handler.stores import open_source_store

NewAddress = Callable[[], StoreAddress]
open_at = open_source_store
