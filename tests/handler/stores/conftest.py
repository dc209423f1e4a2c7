"""A store of each backend, for the tests that both must pass."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from handler.settings import SqliteAddress, StoreAddress
from handler.stores import open_storage
from handler.stores.contract import Storage, Store
from tests.handler.aws.moto_server import new_index
from tests.handler.stores.backends import NewAddress, open_at


@pytest.fixture(params=["sqlite", "aws"])
def new_address(request: pytest.FixtureRequest, tmp_path: Path) -> NewAddress:
    """Makes addresses of empty stores, on each backend in turn."""
    if request.param == "sqlite":
        return lambda: SqliteAddress(str(tmp_path / f"{uuid.uuid4().hex}.sqlite"))
    request.getfixturevalue("aws")
    return new_index


@pytest.fixture
def address(new_address: NewAddress) -> StoreAddress:
    return new_address()


@pytest.fixture
def storage(address: StoreAddress) -> Storage:
    return open_storage(address)


@pytest.fixture
def store(address: StoreAddress) -> Store:
    return open_at(address)
