"""GET /health and GET /ready: whether the server answers, and whether its model is right."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from handler.api import embeddings
from handler.http.app import create_app
from handler.settings import Settings
from model_layer import Encoder


@pytest.mark.parametrize("path", ["/v1/", "/v1", "/health"])
def test_the_health_routes_answer(client: TestClient, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response.json()) == (200, {"status": True})


def test_health_answers_head_requests(client: TestClient) -> None:
    response = client.head("/health")
    assert (response.status_code, response.content) == (200, b"")


def test_ready_compares_a_reference_text(client: TestClient, encoder: Encoder) -> None:
    body = client.get("/ready").json()
    assert body["status"] is True
    assert body["cosine"] >= encoder.bundle.canary.minimum_cosine
    assert body["fingerprint"] == encoder.bundle.fingerprint


def test_a_broken_model_is_a_503_with_retry_after(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = TestClient(create_app(embeddings, Settings()))

    def run(*_: object, **__: object) -> Any:
        return np.full((1, 384), 384**-0.5, np.float32)

    monkeypatch.setattr(embeddings.encoder._session, "run", run)
    response = client.get("/ready")
    assert response.status_code == 503
    assert response.headers["retry-after"] == "1"
    assert response.json()["error"]["type"] == "server_error"
    assert client.get("/health").status_code == 200
