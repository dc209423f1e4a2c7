"""The routes over HTTP: their answers, and that every error has OpenAI's shape."""

from __future__ import annotations

import json
from typing import NoReturn

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from handler.api import embeddings
from handler.embeddings.operations import EmbeddingOperations
from handler.http.app import create_app
from handler.limits import MAX_BODY
from handler.settings import Settings
from model_layer import Cl100k, Encoder
from tests.handler.http.error_shape import assert_error
from tests.handler.http.paths import EMBEDDINGS_PATHS
from tests.handler.json_values import JSON_VALUES


@pytest.mark.parametrize("path", EMBEDDINGS_PATHS)
def test_every_path_gives_the_same_answer(client: TestClient, path: str, encoder: Encoder) -> None:
    response = client.post(path, json={"input": ["a", "b"], "model": "whatever"})
    assert response.status_code == 200
    body = response.json()
    assert body["model"] == "all-MiniLM-L6-v2"
    rows = np.array([item["embedding"] for item in body["data"]], np.float32)
    np.testing.assert_array_equal(rows, encoder.encode(["a", "b"]).vectors)
    assert response.headers["x-embedding-fingerprint"] == encoder.bundle.fingerprint


def test_a_lone_empty_string_is_embedded(client: TestClient) -> None:
    body = client.post("/v1/embeddings", json={"input": ""}).json()
    assert len(body["data"][0]["embedding"]) == 384
    assert body["usage"]["prompt_tokens"] == 2


def test_a_full_request_is_answered_in_order(client: TestClient, encoder: Encoder) -> None:
    texts = [f"number {index}" for index in range(2_048)]
    body = client.post("/v1/embeddings", json={"input": texts}).json()
    assert [item["index"] for item in body["data"]] == list(range(2_048))
    last = np.array(body["data"][-1]["embedding"], np.float32)
    np.testing.assert_array_equal(last, encoder.encode(texts[-1:]).vectors[0])


@pytest.mark.parametrize(
    ("body", "param"),
    [
        (b"not json", None),
        (b'{"input": NaN}', None),
        (b'{"input": ["\xff\xfe"]}', None),
        (b'["input"]', None),
        (b"", None),
        (b"{}", "input"),
        (b'{"input": null}', "input"),
        (b'{"input": []}', "input"),
        (b'{"input": [[]]}', "input[0]"),
        (b'{"input": [1, -1]}', "input[1]"),
        (b'{"input": [[1, 100277]]}', "input[0][1]"),
        (b'{"input": [[100257]]}', "input[0][0]"),
        (b'{"input": [true]}', "input[0]"),
        (b'{"input": "a", "dimensions": 385}', "dimensions"),
        (b'{"input": "a", "encoding_format": "md5"}', "encoding_format"),
        (b'{"input": "a", "truncate": "MIDDLE"}', "truncate"),
        (rb'{"input": [1, "\ud83d"]}', "input[1]"),
        (rb'{"input": "a", "encoding_format": "\ud83d"}', "encoding_format"),
        (b'{"input": "a", "user": %s1%s}' % (b'{"a":' * 1_000, b"}" * 1_000), "user"),
        (json.dumps({"input": ["a"] * 2_049}).encode(), "input"),
    ],
)
def test_a_bad_request_is_a_400(client: TestClient, body: bytes, param: str | None) -> None:
    error = assert_error(client.post("/v1/embeddings", content=body), 400)
    assert error["param"] == param


def test_a_body_over_the_limit_is_a_413(client: TestClient) -> None:
    body = json.dumps({"input": "a" * MAX_BODY}).encode()
    error = assert_error(client.post("/v1/embeddings", content=body), 413)
    assert f"{len(body)} bytes" in error["message"]
    assert f"limit is {MAX_BODY}" in error["message"]


def test_a_body_of_unknown_length_is_a_413(client: TestClient) -> None:
    body = (b" " * (1 << 20) for _ in range(20))
    assert_error(client.post("/v1/embeddings", content=body), 413)


def test_a_body_at_the_limit_is_answered(client: TestClient) -> None:
    body = b'{"input": "%s"}' % (b"word " * (MAX_BODY // 5 - 3))
    assert MAX_BODY - 20 < len(body) <= MAX_BODY
    response = client.post("/v1/embeddings", content=body)
    assert response.status_code == 200
    assert response.headers["x-embedding-truncated"] == "1/1"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_a_wrong_method_is_a_405_that_names_the_allowed_one(
    client: TestClient, method: str
) -> None:
    response = client.request(method, "/v1/embeddings")
    error = assert_error(response, 405)
    assert error["code"] == "method_not_supported"
    assert response.headers["allow"] == "POST"
    assert "POST" in error["message"]


@pytest.mark.parametrize("path", ["/v2/embeddings", "/v1/chat/completions", "/v1/embedding", "*"])
def test_a_wrong_path_is_a_404_that_names_the_right_path(client: TestClient, path: str) -> None:
    error = assert_error(client.post(path, json={"input": "a"}), 404)
    assert error["code"] == "unknown_url"
    assert path in error["message"]
    assert "/v1/embeddings" in error["message"]


def test_a_bug_is_a_500_in_the_same_shape(encoder: Encoder, cl100k: Cl100k) -> None:
    class Failing(EmbeddingOperations):
        def check_body(self, *_: object, **__: object) -> NoReturn:
            raise ZeroDivisionError("a secret")

    app = create_app(Failing(encoder, cl100k), Settings())
    response = TestClient(app, raise_server_exceptions=False).post("/v1/embeddings", json={})
    assert response.status_code == 500
    assert response.json()["error"]["type"] == "server_error"
    assert "secret" not in response.text


@given(body=st.binary(max_size=200) | JSON_VALUES.map(lambda value: json.dumps(value).encode()))
def test_any_other_body_is_a_400(client: TestClient, body: bytes) -> None:
    assert_error(client.post("/v1/embeddings", content=body), 400)


REQUESTS = st.sampled_from(
    [
        b'{"input": ["a", "b"], "encoding_format": "base64", "dimensions": 8, "user": null}',
        rb'{"input": "h\u00e9 \ud83d\ude00", "model": "m", "truncate": "START"}',
        b'{"input": [[1, 2.0], [3]], "dimensions": 1e2}',
        b'{"input": "a", "input": [], "input": "b"}',
    ]
)
NUMBERS = st.sampled_from(
    [b"-0", b"1e400", b"-1e400", b"9" * 400, b"9" * 5_000, b"1e-400", b"0.1", b"007", b"1_000"]
)


@given(data=st.data(), body=REQUESTS)
def test_a_damaged_request_is_answered_or_a_400(
    client: TestClient, data: st.DataObject, body: bytes
) -> None:
    """Damage: a part cut, doubled or nested, wrong numbers or bytes, or another encoding."""
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(body))] * 2)))
    piece = data.draw(
        st.sampled_from([b"", body[start:end] * 2, b"[" * 5_000, b'{"input":' * 500, b"\xff\xfe"])
        | NUMBERS
    )
    body = body[:start] + piece + body[end:]
    if encoding := data.draw(st.sampled_from([None, "utf-16", "utf-32", "utf-8-sig"])):
        body = body.decode(errors="replace").encode(encoding)
    response = client.post("/v1/embeddings", content=body)
    assert response.status_code == 200 or assert_error(response, 400)


@given(value=JSON_VALUES)
def test_any_input_gives_unit_vectors_or_a_400(client: TestClient, value: object) -> None:
    content = json.dumps({"input": value})
    response = client.post("/v1/embeddings", content=content)
    if response.status_code != 200:
        assert_error(response, 400)
        return
    rows = np.array([item["embedding"] for item in response.json()["data"]])
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_models_are_listed_with_limits_and_fingerprint(client: TestClient) -> None:
    listed = client.get("/v1/models").json()
    assert listed["object"] == "list"
    (model,) = listed["data"]
    assert model["fingerprint"] == embeddings.encoder.bundle.fingerprint
    assert model["limits"]["inputs_per_request"] == 2_048
    assert model["limits"]["tokens_read_per_input"] == 256
    for name in ("all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2"):
        assert client.get(f"/v1/models/{name}").json() == model
    assert client.get("/info").json() == model
    assert client.get("/v1/models/gpt-4").json() == model  # as embedding with it answers


def test_a_model_says_what_it_is_and_which_languages_it_understands(client: TestClient) -> None:
    model = client.get("/v1/models/all-MiniLM-L6-v2").json()
    assert (model["language"], model["license"]) == ("en", "apache-2.0")
    assert str(model["limits"]["dimensions"]) in model["description"]
    assert str(model["limits"]["tokens_read_per_input"]) in model["description"]
    assert model["languages"]["en"]["advice"] == "good"
    assert model["languages"]["th"]["advice"] == "other_model"
    for language in model["languages"].values():
        assert set(language) == {
            "right_passage_first", "right_passage_first_by_words", "unknown_tokens", "advice",
        }  # fmt: skip
        assert 0 <= language["unknown_tokens"] <= 1
        assert 0 <= language["right_passage_first"] <= 1


def test_with_accept_any_model_off_an_unknown_model_is_a_404(
    encoder: Encoder, cl100k: Cl100k
) -> None:
    strict = TestClient(
        create_app(EmbeddingOperations(encoder, cl100k, accept_any_model=False), Settings())
    )
    for name in ("all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2", None):
        body = {"input": "a", "model": name}
        assert strict.post("/v1/embeddings", json=body).status_code == 200
        assert name is None or strict.get(f"/v1/models/{name}").status_code == 200
    error = assert_error(strict.post("/v1/embeddings", json={"input": "a", "model": "gpt"}), 404)
    assert (error["param"], error["code"]) == ("model", "model_not_found")
    error = assert_error(strict.get("/v1/models/gpt"), 404)
    assert (error["param"], error["code"]) == ("model", "model_not_found")
    path = "/v1/engines/text-embedding-ada-002/embeddings"
    error = assert_error(strict.post(path, json={"input": "a"}), 404)
    assert "text-embedding-ada-002" in error["message"]


def test_the_documentation_is_served(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    route = document["paths"]["/v1/embeddings"]["post"]
    (name,) = route["requestBody"]["content"]["application/json"]["schema"].values()
    schema = document["components"]["schemas"][name.removeprefix("#/components/schemas/")]
    assert len(schema["properties"]["input"]["anyOf"]) == 4
    assert schema["required"] == ["input"]
    assert set(route["responses"]) == {"200", "400", "401", "404", "413", "429", "default"}
    assert "parameters" not in route
    assert '"422"' not in json.dumps(document)
