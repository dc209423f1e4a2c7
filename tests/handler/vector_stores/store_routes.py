"""The routes over the vector store of `tests.library`, and requests to them."""

from __future__ import annotations

import httpx2
import pytest
from starlette.testclient import TestClient

from handler.api import embeddings
from handler.http.app import create_app
from handler.settings import Settings
from tests.library import CATS, LIBRARY

IDS = [document.id for document in LIBRARY]  # in the order of creation
FILES = "/v1/vector_stores/library/files"
ROUTES = [
    ("POST", "/v1/vector_stores/library/search"),
    ("GET", "/v1/vector_stores"),
    ("GET", "/v1/vector_stores/library"),
    ("GET", FILES),
    ("GET", f"{FILES}/{CATS.id}"),
]
OF_ONE_STORE = [route for route in ROUTES if route != ("GET", "/v1/vector_stores")]
EACH_ROUTE_OF_A_STORE = pytest.mark.parametrize(("method", "path"), OF_ONE_STORE)
EACH_ROUTE = pytest.mark.parametrize(("method", "path"), ROUTES)


def serve(settings: Settings) -> TestClient:
    return TestClient(create_app(embeddings, settings), raise_server_exceptions=False)


def send(client: TestClient, method: str, path: str) -> httpx2.Response:
    return client.request(method, path, json={"query": "a cat"} if method == "POST" else None)
