"""`dimensions` beyond the model's: refused with the cure, or capped and told."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

import handler.api
from handler.api import lambda_handler
from handler.embeddings.operations import EmbeddingOperations
from handler.http.app import create_app
from handler.limits import MAX_DIMENSIONS_ASKED
from handler.settings import Settings
from model_layer import Cl100k, Encoder
from tests.handler.http.error_shape import assert_error


@pytest.fixture(scope="module")
def capping(encoder: Encoder, cl100k: Cl100k) -> EmbeddingOperations:
    return EmbeddingOperations(encoder, cl100k, cap_dimensions=True)


@pytest.fixture(scope="module")
def capped(capping: EmbeddingOperations) -> TestClient:
    settings = Settings(cap_dimensions=True, cors_origins=("https://a.example",))
    return TestClient(create_app(capping, settings))


@pytest.mark.parametrize("dimensions", [385, 1536, 1536.0, 3072, 10**18, 1e300])
def test_by_default_more_are_refused_with_the_cure(client: TestClient, dimensions: float) -> None:
    body = {"input": "a", "dimensions": dimensions}
    error = assert_error(client.post("/v1/embeddings", json=body), 400)
    assert error["param"] == "dimensions"
    assert "384" in error["message"]
    assert "DIMENSIONS_OVER_LIMIT=cap" in error["message"]


@pytest.mark.parametrize("dimensions", [1536, 3072.0, MAX_DIMENSIONS_ASKED])
@pytest.mark.parametrize("encoding_format", ["float", "base64"])
def test_with_the_setting_all_are_answered_and_a_header_says_so(
    capped: TestClient, dimensions: float, encoding_format: str
) -> None:
    body = {"input": ["a", "b"], "encoding_format": encoding_format}
    whole = capped.post("/v1/embeddings", json=body)
    assert "x-embedding-dimensions" not in whole.headers
    headers = {"origin": "https://a.example"}
    response = capped.post(
        "/v1/embeddings", json={**body, "dimensions": dimensions}, headers=headers
    )
    assert response.content == whole.content
    assert response.headers["x-embedding-dimensions"] == f"384/{int(dimensions)}"
    assert "x-embedding-dimensions" in response.headers["access-control-expose-headers"]


@pytest.mark.parametrize(
    "dimensions", [0, -1, True, "1536", 384.5, MAX_DIMENSIONS_ASKED + 1, 1e300]
)
def test_with_the_setting_what_no_model_has_is_refused(
    capped: TestClient, dimensions: object
) -> None:
    body = {"input": "a", "dimensions": dimensions}
    assert_error(capped.post("/v1/embeddings", json=body), 400)


@pytest.mark.parametrize("dimensions", [1, 100, 384, None])
def test_with_the_setting_fewer_are_as_before(
    capped: TestClient, client: TestClient, dimensions: int | None
) -> None:
    body = {"input": "a", "dimensions": dimensions}
    response = capped.post("/v1/embeddings", json=body)
    assert response.content == client.post("/v1/embeddings", json=body).content
    assert "x-embedding-dimensions" not in response.headers


def test_a_direct_invocation_is_told_in_its_answer(
    capping: EmbeddingOperations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handler.api, "embeddings", capping)
    assert lambda_handler({"input": "a", "dimensions": 1536}, None)["dimensions"] == "384/1536"
    assert "dimensions" not in lambda_handler({"input": "a", "dimensions": 384}, None)


def test_numbers_of_thousands_of_digits_are_refused() -> None:
    for body in ({"input": "a", "dimensions": 10**4_000}, {"input": [10**4_000]}):
        assert lambda_handler(body, None)["status"] == 400


@pytest.mark.parametrize(("boolean", "word"), [(True, "END"), (False, "NONE")])
@pytest.mark.parametrize("text", ["a", "word " * 300])
def test_a_boolean_truncate_is_ollamas(
    client: TestClient, boolean: bool, word: str, text: str
) -> None:
    for path in ("/v1/embeddings", "/tokenize"):
        answers = [
            client.post(path, json={"input": text, "truncate": one}) for one in (boolean, word)
        ]
        assert answers[0].content == answers[1].content
        assert answers[0].status_code == answers[1].status_code


def test_a_boolean_truncate_is_in_the_description(client: TestClient) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    for name in ("EmbeddingRequest", "SearchRequest"):
        forms = schemas[name]["properties"]["truncate"]["anyOf"]
        assert {"type": "boolean"} in forms
