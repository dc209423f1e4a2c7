"""Each resource is found by every path that clients write; others are told what is wrong."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from handler.api import embeddings, lambda_handler
from handler.http.app import create_app
from handler.http.paths import canonical
from handler.settings import Settings
from tests.events import load_event
from tests.handler.http.error_shape import assert_error
from tests.handler.test_api import body_of

PATHS = {
    "/v1/embeddings": [
        *["/embeddings", "//v1/embeddings", "/v1//embeddings", "/v1/embeddings/", "/embeddings/"],
        *["/v1/v1/embeddings", "/openai/v1/embeddings", "/openai/v1/embeddings/"],
        *["http://localhost:8444/v1/embeddings", "HTTPS://a.example//embeddings"],
    ],
    "/v1/engines/m/embeddings": [
        *["/engines/m/embeddings", "/openai/deployments/m/embeddings"],
        "http://h/openai/deployments/m/embeddings",
    ],
    "/v1/models": ["/models", "/models/", "/openai/models", "/openai/v1/models", "/v1/models/"],
    "/v1/models/a/b": ["/models/a/b", "/openai/v1/models/a/b", "//models//a/b"],
    "/v1/vector_stores": ["/vector_stores", "/openai/v1/vector_stores", "/vector_stores/"],
    "/v1/vector_stores/s/search": ["/vector_stores/s/search", "/openai/v1/vector_stores/s/search"],
    "/v1": ["/v1/", "//v1//"],
    "/": ["", "//", "http://localhost:8444", "http://localhost:8444/"],
    "/docs": ["/docs/"],
    "/health": ["/health/", "http://h/health"],
    # No others' paths.
    "/modelsx": ["/modelsx"],
    "/openai": ["/openai"],
    "/openai/chat/completions": ["/openai/chat/completions"],
    "/v1/v2/embeddings": ["/v1/v2/embeddings"],
    "*": ["*"],
}


@pytest.mark.parametrize(
    ("sent", "path"),
    [(sent, path) for path, all_sent in PATHS.items() for sent in [path, *all_sent]],
)
def test_a_path_is_read_in_every_form(sent: str, path: str) -> None:
    assert canonical(sent) == path


@given(path=st.text(alphabet="/av1openaihttp:.embeddingsmodels *", max_size=40).map("/{}".format))
def test_a_canonical_path_is_canonical(path: str) -> None:
    once = canonical(path)
    assert canonical(once) == once or once.startswith(("/v1/v1", "/openai"))


@pytest.mark.parametrize(
    ("sent", "base", "path"),
    [
        ("/prod/v1/embeddings", "/prod", "/v1/embeddings"),
        ("/prod/embeddings", "/prod", "/v1/embeddings"),
        ("/prod", "/prod", "/"),
        ("/prod/", "/prod", "/"),
        ("/production/v1/embeddings", "/prod", "/production/v1/embeddings"),
        ("/production", "/prod", "/production"),
        ("/v1/embeddings", "/prod", "/v1/embeddings"),
        ("/a/b/models", "/a/b", "/v1/models"),
        ("/a/bc/models", "/a/b", "/a/bc/models"),
        ("/v1/prod/models", "/prod", "/v1/prod/models"),
        ("/models/models", "/models", "/v1/models"),
        ("http://h//prod//health", "/prod", "/health"),
    ],
)
def test_a_base_path_is_cut_at_whole_segments(sent: str, base: str, path: str) -> None:
    assert canonical(sent, base) == path


@pytest.mark.parametrize("path", ["/prod/v1/embeddings", "/prod/embeddings", "/v1/embeddings"])
def test_the_base_path_is_cut_off_on_every_transport(path: str) -> None:
    app = create_app(embeddings, Settings(base_path="/prod"))
    assert TestClient(app).post(path, json={"input": "a"}).status_code == 200


GETS = ["/", "/v1", "/health", "/ready", "/info", "/v1/models", "/v1/models/m", "/docs", "/redoc"]
GETS += ["/docs/swagger-ui.css", "/openapi.json", "/models", "/docs/"]
GETS += ["/v1/vector_stores/s/file_batches/b"]  # of a route that is built when it is asked for


@pytest.mark.parametrize("path", GETS)
def test_head_and_options_are_answered_where_get_is(client: TestClient, path: str) -> None:
    got, head, options = client.get(path), client.head(path), client.options(path)
    assert (head.status_code, head.content) == (got.status_code, b"")
    same = ("content-type", "content-length", "etag", "vary")
    assert [head.headers.get(name) for name in same] == [got.headers.get(name) for name in same]
    assert (options.status_code, options.content) == (204, b"")
    assert options.headers["allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("path", GETS)
def test_a_405_lists_every_method_of_the_path(client: TestClient, path: str) -> None:
    response = client.delete(path)
    assert_error(response, 405)
    assert response.headers["allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("path", ["/v1/embeddings", "/tokenize", "/vector_stores/s/search"])
def test_a_route_without_get_takes_no_head_and_no_options(client: TestClient, path: str) -> None:
    for method in ("HEAD", "OPTIONS", "GET"):
        response = client.request(method, path)
        assert (response.status_code, response.headers["allow"]) == (405, "POST")


def asked(path: str, stage: str) -> dict[str, Any]:
    event = copy.deepcopy(load_event("http-api-v2"))
    event["requestContext"]["http"]["path"] = event["rawPath"] = path
    event["requestContext"]["stage"] = stage
    answer = lambda_handler(event, None)
    assert answer["statusCode"] == 404
    error: dict[str, Any] = body_of(answer)["error"]
    return error


@pytest.mark.parametrize(
    ("path", "stage", "base"),
    [
        ("/prod/v1/embeddings", "prod", "/prod"),
        ("/prod/nothing", "prod", "/prod"),
        ("/prod", "prod", "/prod"),
        ("/production/v1/embeddings", "$default", "/production"),
        ("/api/v2/models", "$default", "/api/v2"),
        ("/api/health", "prod", "/api"),
    ],
)
def test_a_404_behind_a_stage_names_the_setting(path: str, stage: str, base: str) -> None:
    assert f"API_BASE_PATH={base}." in asked(path, stage)["message"]


@pytest.mark.parametrize("path", ["/production/x", "/nothing", "/v1/chat/completions", "/v2/a/b"])
def test_another_404_does_not(path: str) -> None:
    assert "API_BASE_PATH" not in asked(path, "prod")["message"]


def test_the_root_says_what_this_is(client: TestClient) -> None:
    for accept in ({}, {"accept": "application/json"}, {"accept": "text/html;q=0"}):
        response = client.get("/", headers=accept)
        assert response.status_code == 200
        about = response.json()
        assert about["name"] == "minilm-lambda"
        assert client.get(about["docs"]).status_code == 200
        assert client.post(about["embeddings"], json={"input": "a"}).status_code == 200
        assert client.get("/openapi.json").json()["info"]["version"] == about["version"]


@pytest.mark.parametrize(
    "accept", ["text/html", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"]
)
def test_the_root_is_a_page_for_browsers(client: TestClient, accept: str) -> None:
    response = client.get("/", headers={"accept": accept})
    assert response.headers["content-type"].startswith("text/html")
    assert response.headers["vary"] == "accept, accept-encoding"
    assert 'href="docs"' in response.text
