"""API keys in two headers, and calls from pages of other sites."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from handler.api import embeddings
from handler.http.app import create_app
from handler.http.auth import hash_key
from handler.settings import Settings
from tests.handler.http.error_shape import assert_error
from tests.handler.http.paths import EMBEDDINGS_PATHS


@pytest.fixture(scope="module")
def locked() -> TestClient:
    """The application with two keys."""
    settings = Settings(key_hashes={"alice": hash_key("sk-a"), "bob": hash_key("sk-b")})
    return TestClient(create_app(embeddings, settings))


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": "Bearer sk-a"},
        {"authorization": "bearer  sk-b"},
        {"api-key": "sk-b"},
        {"authorization": "Bearer ", "api-key": "sk-b"},
    ],
)
def test_each_key_is_accepted_in_each_header(locked: TestClient, headers: dict[str, str]) -> None:
    assert locked.post("/v1/embeddings", json={"input": "a"}, headers=headers).status_code == 200
    assert locked.get("/v1/models", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer sk-c"},
        {"authorization": "Bearer "},
        {"authorization": "Basic sk-a"},
        {"authorization": "sk-a"},
        {"api-key": "SK-A"},
        {"api-key": hash_key("sk-a")},
        {"authorization": b"Bearer \xff"},
    ],
)
@pytest.mark.parametrize("path", [*EMBEDDINGS_PATHS, "/v1/models", "/v1/models/all-MiniLM-L6-v2"])
def test_a_missing_or_wrong_key_is_a_401(
    locked: TestClient, path: str, headers: dict[str, str]
) -> None:
    method = "POST" if path in EMBEDDINGS_PATHS else "GET"
    response = locked.request(method, path, headers=headers, content=b"not even json")
    error = assert_error(response, 401)
    assert error["code"] == "invalid_api_key"
    assert "Bearer" in error["message"]
    assert "sk-" not in error["message"]
    assert response.headers["www-authenticate"] == "Bearer"


def test_the_server_says_whether_it_needs_a_key(locked: TestClient, client: TestClient) -> None:
    assert locked.get("/").json()["key_required"] is True
    assert client.get("/").json()["key_required"] is False


def test_health_needs_no_key(locked: TestClient) -> None:
    assert locked.get("/health").status_code == locked.get("/v1/").status_code == 200


def test_pages_of_configured_sites_may_call() -> None:
    app = create_app(embeddings, Settings(cors_origins=("https://a.example",)))
    browser = TestClient(app)
    asks = {
        "origin": "https://a.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization, content-type",
    }
    preflight = browser.options("/v1/embeddings", headers=asks)
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == "https://a.example"
    bad = browser.post("/v1/embeddings", content=b"", headers={"origin": "https://a.example"})
    assert bad.status_code == 400
    assert bad.headers["access-control-allow-origin"] == "https://a.example"
    other = browser.options("/v1/embeddings", headers={**asks, "origin": "https://b.example"})
    assert other.status_code == 400


def test_by_default_pages_of_other_sites_may_not_call(client: TestClient) -> None:
    response = client.post(
        "/v1/embeddings", json={"input": "a"}, headers={"origin": "https://a.example"}
    )
    assert not [name for name in response.headers if name.startswith("access-control")]
