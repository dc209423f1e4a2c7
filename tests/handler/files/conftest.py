"""Fixtures for files and uploads: an empty store, its operations, and what serves it."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from handler.api import embeddings
from handler.files.files import Files
from handler.files.uploads import Uploads
from handler.http.app import create_app
from handler.objects.configured_storage import ConfiguredStorage
from handler.settings import Settings, SqliteAddress
from handler.stores.contract import Storage


@pytest.fixture
def address(tmp_path: Path) -> SqliteAddress:
    return SqliteAddress(str(tmp_path / "documents.sqlite"))


@pytest.fixture
def client(address: SqliteAddress) -> TestClient:
    app = create_app(embeddings, Settings(vector_store=address))
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture
def configured(address: SqliteAddress) -> ConfiguredStorage:
    return ConfiguredStorage(address, fingerprint=embeddings.encoder.bundle.fingerprint)


@pytest.fixture
def storage(configured: ConfiguredStorage) -> Storage:
    return configured.open(create=True)


@pytest.fixture
def now() -> list[float]:
    """The time of `files` and `uploads`, which tests change."""
    return [1_800_000_000.0]


@pytest.fixture
def files(configured: ConfiguredStorage, now: list[float]) -> Files:
    return Files(configured, lambda: now[0])


@pytest.fixture
def uploads(configured: ConfiguredStorage, now: list[float]) -> Uploads:
    return Uploads(configured, lambda: now[0])
