"""The two backends: SQLite in a file, and AWS as moto's server has it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from handler.settings import SqliteAddress, StoreAddress
from handler.stores.contract import Store
from handler.stores.s3vectors import open_s3vectors
from handler.stores.sqlite import open_sqlite
from tests.handler.stores.aws import new_index

NewAddress = Callable[[], StoreAddress]


@pytest.fixture(params=["sqlite", "aws"])
def new_address(request: pytest.FixtureRequest, tmp_path: Path) -> NewAddress:
    """Makes addresses of stores that have nothing yet, of each backend in turn."""
    if request.param == "sqlite":
        return lambda: SqliteAddress(str(tmp_path / f"{uuid.uuid4().hex}.sqlite"))
    request.getfixturevalue("aws")
    return new_index


def open_at(address: StoreAddress) -> Store:
    """The store at `address`, not bound to a model."""
    return open_sqlite(address) if isinstance(address, SqliteAddress) else open_s3vectors(address)


@pytest.fixture
def address(new_address: NewAddress) -> StoreAddress:
    return new_address()


@pytest.fixture
def store(address: StoreAddress) -> Store:
    return open_at(address)
