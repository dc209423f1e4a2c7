"""`lambda_handler` answers real events of every transport, and refuses others with the reason."""

from __future__ import annotations

import asyncio
import base64
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import numpy as np
import pytest
from starlette.testclient import TestClient

from handler.api import lambda_handler
from handler.errors import UnsupportedEvent
from model_layer import Encoder
from tests.events import load_event
from tests.local_server import Server
from tests.paths import ROOT

HTTP_EVENTS = ["http-api-v2", "rest-api-v1", "function-url", "alb"]
TEXTS = load_event("direct")["input"]


def body_of(answer: dict[str, Any]) -> Any:
    body = answer["body"]
    return json.loads(base64.b64decode(body) if answer["isBase64Encoded"] else body)


@pytest.mark.parametrize("name", HTTP_EVENTS)
def test_an_http_event_is_answered(name: str, encoder: Encoder) -> None:
    answer = lambda_handler(load_event(name), None)
    assert answer["statusCode"] == 200
    headers = answer.get("headers") or {
        key: values[0] for key, values in answer["multiValueHeaders"].items()
    }
    assert headers["content-type"] == "application/json"
    assert headers["x-embedding-fingerprint"] == encoder.bundle.fingerprint
    rows = [item["embedding"] for item in body_of(answer)["data"]]
    if isinstance(rows[0], str):
        rows = [np.frombuffer(base64.b64decode(row), "<f4") for row in rows]
    expected = encoder.encode(TEXTS).vectors
    np.testing.assert_array_equal(np.array(rows, np.float32), expected)


BODIES = [
    {"input": "hello world"},
    {"input": ["a", "b", "a", ""], "encoding_format": "float", "model": "text-embedding-3-small"},
    {"input": ["a", "b"], "encoding_format": "base64", "dimensions": 7},
    {"input": [[42562.0, 374.0], [459]], "user": "someone"},
    {"input": [42562, 374], "truncate": "START"},
    {"input": "word " * 400, "dimensions": 1},
    {"input": "\ud83d"},
    {"input": ["a", 3]},
    {"input": "a", "dimensions": 0},
    {"input": "word " * 400, "truncate": "NONE"},
    {"input": ["a"] * 2_049},
]


@pytest.mark.parametrize("body", BODIES)
def test_an_event_gets_the_same_bytes_as_a_request_to_the_server(
    server: Server, body: dict[str, Any]
) -> None:
    event = {**load_event("http-api-v2"), "body": json.dumps(body)}
    served = httpx2.post(f"{server.base_url}/embeddings", content=event["body"], timeout=60)
    answer = lambda_handler(event, None)
    assert answer["statusCode"] == served.status_code
    assert answer["body"].encode() == served.content
    ours = ["x-embedding-fingerprint", "x-embedding-truncated", "x-should-retry", "content-type"]
    for name in ours:
        assert answer["headers"].get(name) == served.headers.get(name)


def test_events_are_answered_on_any_thread_and_after_asyncio_run() -> None:
    asyncio.run(asyncio.sleep(0))
    assert lambda_handler(load_event("http-api-v2"), None)["statusCode"] == 200
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(lambda_handler, load_event("http-api-v2"), None).result()
    assert answer["statusCode"] == 200


def test_token_ids_are_answered() -> None:
    answer = lambda_handler(load_event("http-api-v2-token-ids"), None)
    text = {"input": "Prem is an easy to use open source AI platform."}
    assert body_of(answer)["data"] == lambda_handler(text, None)["data"]


def test_bad_input_is_a_400_in_openais_shape() -> None:
    answer = lambda_handler(load_event("http-api-v2-bad-input"), None)
    assert answer["statusCode"] == 400
    assert answer["headers"]["x-should-retry"] == "false"
    assert body_of(answer)["error"]["param"] == "input"


@pytest.mark.parametrize("name", ["http-api-v2-models", "http-api-v2-health"])
def test_events_for_other_routes_are_answered(name: str) -> None:
    assert lambda_handler(load_event(name), None)["statusCode"] == 200


def test_a_direct_payload_gets_openais_object(client: TestClient) -> None:
    answer = lambda_handler(load_event("direct"), None)
    served = client.post("/v1/embeddings", json=load_event("direct"))
    in_headers = {
        "fingerprint": served.headers["x-embedding-fingerprint"],
        "truncated": 0,
    }
    assert answer == {**served.json(), **in_headers}
    # The runtime writes it with json.dumps, where the digits of float64 would show.
    assert len(json.dumps(answer)) < 1.2 * len(served.content)


def test_a_bad_direct_payload_gets_the_error_and_its_status() -> None:
    answer = lambda_handler(load_event("direct-bad-input"), None)
    assert answer["status"] == 400
    assert answer["error"]["param"] == "input[1]"
    assert lambda_handler({"model": "all-MiniLM-L6-v2"}, None)["error"]["param"] == "input"
    assert lambda_handler({"input": [float("nan")]}, None)["status"] == 400


@pytest.mark.parametrize(
    "event",
    [{"source": "aws.events"}, {"source": "aws.scheduler"}, {"source": "serverless-plugin-warmup"}]
    + [{"warmer": True}, {"warmer": True, "concurrency": 3}, {"warmup": True}, "#warmup wait=200"],
)
def test_a_warm_up_returns_at_once(event: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handler.api.embeddings", None)  # the answer needs no encoder
    assert lambda_handler(event, None) == {"status": True}


@pytest.mark.parametrize(
    "event",
    [load_event("unsupported-sqs"), {}, {"text": "a"}, [], None, "input", 3]
    + [{"warmer": False}, {"warmer": "true"}, {"source": ["aws.events"]}]
    + [{"requestContext": None}, {"requestContext": {}, "version": "2.0"}, {"requestContext": 1}],
)
def test_other_events_are_refused_with_the_kinds_that_are_answered(event: Any) -> None:
    with pytest.raises(UnsupportedEvent, match=r"This function understands: .*\{'input': …\}"):
        lambda_handler(event, None)


def test_a_refusal_names_keys_and_never_values() -> None:
    with pytest.raises(UnsupportedEvent) as caught:
        lambda_handler({"text": "a secret"}, None)
    assert "'text'" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_body_that_is_not_base64_is_a_400() -> None:
    event = {**load_event("http-api-v2"), "isBase64Encoded": True, "body": "a"}
    assert lambda_handler(event, None)["statusCode"] == 400


def test_every_event_file_is_used_by_a_test() -> None:
    tests = "".join(path.read_text() for path in (ROOT / "tests").rglob("*.py"))
    unused = [path.stem for path in (ROOT / "events").iterdir() if f'"{path.stem}"' not in tests]
    assert not unused
