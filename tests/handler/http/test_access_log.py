"""Each request writes one log line, without texts, vectors or keys, and gets an id."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from handler.api import embeddings, lambda_handler
from handler.http.access_log import AccessLog
from handler.http.app import create_app
from handler.http.auth import hash_key
from handler.settings import Settings
from tests.events import load_event
from tests.handler.lambda_context import LambdaContext, http_event

SECRET = "a text that must stay secret"


async def never_called(message: Message) -> None:
    raise AssertionError(message)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    out = capsys.readouterr()
    assert out.out == ""
    return [json.loads(line) for line in out.err.splitlines()]


def test_a_request_writes_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    lambda_handler(http_event({"input": [SECRET, "word " * 300]}), LambdaContext())
    (line,) = lines(capsys)
    assert line["requestId"] == LambdaContext.aws_request_id
    assert (line["method"], line["route"], line["status"]) == ("POST", "/v1/embeddings", 200)
    assert (line["inputs"], line["tokens"], line["truncated"]) == (2, 8 + 256, 1)
    assert set(line["stages"]) == {"parse", "decode", "tokenize", "run", "respond"}
    assert sum(line["stages"].values()) <= line["milliseconds"]
    assert line["stages"]["run"] > line["stages"]["tokenize"]
    assert line["fingerprint"] == embeddings.encoder.bundle.fingerprint
    assert line["time"] == pytest.approx(time.time(), abs=60)
    assert "_aws" not in line


def test_a_direct_invocation_writes_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    lambda_handler({"input": SECRET}, LambdaContext())
    lambda_handler({"input": 3}, LambdaContext())
    done, refused = lines(capsys)
    assert (done["route"], done["status"], done["inputs"]) == ("direct", 200, 1)
    assert "method" not in done
    assert (refused["route"], refused["status"]) == ("direct", 400)


@pytest.mark.parametrize(
    ("method", "name", "status"), [("OPTIONS", "OPTIONS", 204), ("GE\x1bT", "other", 405)]
)
def test_the_line_names_the_route_for_every_method(
    capsys: pytest.CaptureFixture[str], method: str, name: str, status: int
) -> None:
    event = load_event("http-api-v2-health")
    event["requestContext"]["http"]["method"] = method
    lambda_handler(event, LambdaContext())
    (line,) = lines(capsys)
    assert (line["method"], line["route"], line["status"]) == (name, "/health", status)


@pytest.mark.parametrize(
    ("name", "route", "status"),
    [
        ("http-api-v2-health", "/health", 200),
        ("http-api-v2-models", "/v1/models", 200),
        ("http-api-v2-bad-input", "/v1/embeddings", 400),
    ],
)
def test_the_line_names_the_route_and_the_status(
    capsys: pytest.CaptureFixture[str], name: str, route: str, status: int
) -> None:
    lambda_handler(load_event(name), LambdaContext())
    (line,) = lines(capsys)
    assert (line["route"], line["status"]) == (route, status)


def test_a_request_that_the_servers_end_cancels_is_a_503(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def wait_for_the_body(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()

    async def cancel_it() -> None:
        app = AccessLog(wait_for_the_body, route_name=lambda _: "", fingerprint="", namespace=None)
        scope = {"type": "http", "method": "GET", "headers": []}
        request = asyncio.create_task(app(scope, asyncio.Queue[Message]().get, never_called))
        await asyncio.sleep(0)
        request.cancel()
        await asyncio.wait([request])

    asyncio.run(cancel_it())
    assert lines(capsys)[0]["status"] == 503


def test_the_line_does_not_repeat_an_unknown_path(capsys: pytest.CaptureFixture[str]) -> None:
    asked = load_event("http-api-v2")
    asked["requestContext"]["http"]["path"] = f"/{SECRET}"
    lambda_handler(asked, LambdaContext())
    (line,) = lines(capsys)
    assert (line["route"], line["status"]) == ("unknown", 404)


def test_no_line_holds_a_text_a_vector_or_a_key(capsys: pytest.CaptureFixture[str]) -> None:
    app = create_app(embeddings, Settings(key_hashes={"alice": hash_key("sk-secret")}))
    client = TestClient(app)
    headers = {"authorization": "Bearer sk-secret"}
    for body in ({"input": SECRET}, {"input": [SECRET, 3]}, {"input": SECRET, "user": [SECRET]}):
        client.post("/v1/embeddings", json=body, headers=headers)
    client.post("/v1/embeddings", json={"input": SECRET}, headers={"api-key": "sk-wrong"})
    client.post("/v1/embeddings", content=SECRET.encode(), headers=headers)
    err = capsys.readouterr().err
    assert len(err.splitlines()) == 5
    assert err.count('"key":"alice"') == 4
    assert SECRET not in err
    assert "sk-" not in err
    assert "embedding" not in err.replace("/v1/embeddings", "")


def test_with_a_namespace_the_line_is_a_metric(capsys: pytest.CaptureFixture[str]) -> None:
    """docs.aws.amazon.com, CloudWatch_Embedded_Metric_Format_Specification"""
    client = TestClient(create_app(embeddings, Settings(metrics_namespace="minilm")))
    client.post("/v1/embeddings", json={"input": "a"})
    client.get("/health")
    embedded, other = lines(capsys)
    (about,) = embedded["_aws"]["CloudWatchMetrics"]
    assert about["Namespace"] == "minilm"
    assert about["Dimensions"] == [["route"]]
    for metric in about["Metrics"]:
        assert isinstance(embedded[metric["Name"]], (int, float))
    assert embedded["_aws"]["Timestamp"] == pytest.approx(embedded["time"] * 1000, abs=2)
    assert "_aws" not in other


def test_the_answer_has_the_request_id_and_the_time() -> None:
    headers = lambda_handler(http_event({"input": "a"}), LambdaContext())["headers"]
    assert headers["x-request-id"] == LambdaContext.aws_request_id
    assert 0 <= int(headers["openai-processing-ms"]) < 10_000


@pytest.mark.parametrize("status", [200, 400, 404])
def test_every_answer_has_the_callers_request_id(client: TestClient, status: int) -> None:
    path = "/nowhere" if status == 404 else "/v1/embeddings"
    body = {"input": "a" if status == 200 else 3}
    response = client.post(path, json=body, headers={"x-request-id": "mine-1"})
    assert response.status_code == status
    assert response.headers["x-request-id"] == "mine-1"
    assert response.headers["openai-processing-ms"].isdecimal()


def test_only_the_first_request_is_a_cold_start(capsys: pytest.CaptureFixture[str]) -> None:
    import handler.request_context

    handler.request_context._cold = True
    for _ in range(2):
        lambda_handler({"input": "a"}, None)
    assert [line["coldStart"] for line in lines(capsys)] == [True, False]
    handler.request_context._cold = True
    lambda_handler(load_event("warm-up"), None)
    lambda_handler({"input": "a"}, None)
    assert [line["coldStart"] for line in lines(capsys)] == [False]
