"""Fixtures for vector stores: the store of `tests.library`, and what serves it."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from handler.objects.configured_storage import ConfiguredStorage
from handler.settings import Settings, SqliteAddress
from handler.vector_stores.search import VectorSearch
from model_layer import Encoder
from tests.handler.vector_stores.store_routes import serve


@pytest.fixture(scope="module")
def store_client(library: SqliteAddress) -> TestClient:
    """The application, with the vector store of `tests.library`."""
    return serve(Settings(vector_store=library))


@pytest.fixture(scope="module")
def search(library: SqliteAddress, encoder: Encoder) -> VectorSearch:
    """Searches in the vector store of `tests.library`."""
    configured = ConfiguredStorage(library, fingerprint=encoder.bundle.fingerprint)
    return VectorSearch(encoder, configured)
