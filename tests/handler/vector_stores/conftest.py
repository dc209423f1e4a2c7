"""Fixtures: the vector store of `tests.library`, what serves it, and a store to write."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from handler.objects.configured_storage import ConfiguredStorage
from handler.settings import Settings, SqliteAddress
from handler.stores.sqlite.storage import SqliteStorage
from handler.vector_stores.search import VectorSearch
from model_layer import Encoder
from tests.handler.vector_stores.made_store import MadeStore
from tests.handler.vector_stores.store_routes import serve
from tests.handler.vector_stores.worker import StoreWorker, working


@pytest.fixture(scope="module")
def store_client(library: SqliteAddress) -> TestClient:
    """The application, with the vector store of `tests.library`."""
    return serve(Settings(vector_store=library))


@pytest.fixture(scope="module")
def search(library: SqliteAddress, encoder: Encoder) -> VectorSearch:
    """Searches in the vector store of `tests.library`."""
    configured = ConfiguredStorage(library, fingerprint=encoder.bundle.fingerprint)
    return VectorSearch(encoder, configured)


@pytest.fixture
def storage(tmp_path: Path) -> SqliteStorage:
    """Storage that the test may write, and that `made` serves."""
    return SqliteStorage(SqliteAddress(str(tmp_path / "documents.sqlite")))


@pytest.fixture
def made(storage: SqliteStorage, tmp_path: Path) -> MadeStore:
    """A new vector store, and a client of it."""
    address = SqliteAddress(str(tmp_path / "documents.sqlite"))
    return MadeStore.make(serve(Settings(vector_store=address)), storage)


@pytest.fixture
def worker(storage: SqliteStorage, encoder: Encoder) -> Iterator[StoreWorker]:
    """Does what the requests of the test ask for."""
    with working(storage, encoder) as worker:
        yield worker
