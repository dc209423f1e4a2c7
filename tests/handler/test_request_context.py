"""Each request has an id, a deadline and a log line without texts, vectors or keys."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from handler.api import embeddings, lambda_handler
from handler.http.app import create_app
from handler.http.auth import hash_key
from handler.request_context import ANSWER_MARGIN_SECONDS, deadline, request_id
from handler.settings import Settings
from model_layer import DeadlineExceeded
from tests.events import load_event
from tests.fake_clock import FakeClock

SECRET = "a text that must stay secret"


@dataclass
class Context:
    """The part of Lambda's context that the handler uses."""

    seconds: float = 29
    memory_limit_in_mb: str = "1769"
    aws_request_id: str = "8476a536-e9f4-11e8-9739-2dfe598c3fcd"

    def get_remaining_time_in_millis(self) -> int:
        return round(self.seconds * 1000)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """The clock of deadlines and of the encoder."""
    clock = FakeClock()
    fake = SimpleNamespace(monotonic=clock.monotonic, perf_counter=time.perf_counter)
    for module in ("handler.request_context", "model_layer.encoder"):
        monkeypatch.setattr(f"{module}.time", fake)
    monkeypatch.setattr(embeddings.encoder, "_clock", clock.monotonic)
    return clock


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    out = capsys.readouterr()
    assert out.out == ""
    return [json.loads(line) for line in out.err.splitlines()]


def event(body: dict[str, Any], **headers: str) -> dict[str, Any]:
    made = {**load_event("http-api-v2"), "body": json.dumps(body)}
    return {**made, "headers": {**made["headers"], **headers}}


def test_a_request_writes_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    lambda_handler(event({"input": [SECRET, "word " * 300]}), Context())
    (line,) = lines(capsys)
    assert line["requestId"] == Context.aws_request_id
    assert (line["route"], line["status"]) == ("/v1/embeddings", 200)
    assert (line["inputs"], line["tokens"], line["truncated"]) == (2, 8 + 256, 1)
    assert set(line["stages"]) == {"parse", "decode", "tokenize", "run", "respond"}
    assert sum(line["stages"].values()) <= line["milliseconds"]
    assert line["stages"]["run"] > line["stages"]["tokenize"]
    assert line["fingerprint"] == embeddings.encoder.bundle.fingerprint
    assert line["time"] == pytest.approx(time.time(), abs=60)
    assert "_aws" not in line


def test_a_direct_invocation_writes_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    lambda_handler({"input": SECRET}, Context())
    lambda_handler({"input": 3}, Context())
    done, refused = lines(capsys)
    assert (done["route"], done["status"], done["inputs"]) == ("direct", 200, 1)
    assert (refused["route"], refused["status"]) == ("direct", 400)


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
    lambda_handler(load_event(name), Context())
    (line,) = lines(capsys)
    assert (line["route"], line["status"]) == (route, status)


def test_the_line_does_not_repeat_an_unknown_path(capsys: pytest.CaptureFixture[str]) -> None:
    asked = load_event("http-api-v2")
    asked["requestContext"]["http"]["path"] = f"/{SECRET}"
    lambda_handler(asked, Context())
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
    headers = lambda_handler(event({"input": "a"}), Context())["headers"]
    assert headers["x-request-id"] == Context.aws_request_id
    assert 0 <= int(headers["openai-processing-ms"]) < 10_000


@pytest.mark.parametrize("status", [200, 400, 404])
def test_every_answer_has_the_callers_request_id(client: TestClient, status: int) -> None:
    path = "/nowhere" if status == 404 else "/v1/embeddings"
    body = {"input": "a" if status == 200 else 3}
    response = client.post(path, json=body, headers={"x-request-id": "mine-1"})
    assert response.status_code == status
    assert response.headers["x-request-id"] == "mine-1"
    assert response.headers["openai-processing-ms"].isdecimal()


@pytest.mark.parametrize(
    ("asked", "context", "given"),
    [
        ("trace-1.2_3", Context(), "trace-1.2_3"),
        (None, Context(), Context.aws_request_id),
        ("x" * 129, Context(), Context.aws_request_id),
        ("a b", Context(), Context.aws_request_id),
        ('"},{"', Context(), Context.aws_request_id),
        ("a\nb", Context(), Context.aws_request_id),
    ],
)
def test_the_callers_id_is_kept_if_it_is_well_formed(
    asked: str, context: Context, given: str
) -> None:
    assert request_id(asked, context) == given


def test_a_request_without_an_id_gets_a_new_one() -> None:
    assert len({request_id(None, None) for _ in range(10)}) == 10


@pytest.mark.parametrize(
    ("context", "most", "seconds"),
    [
        (Context(29), None, 29 - ANSWER_MARGIN_SECONDS),
        (Context(29, "10240"), None, 29 - ANSWER_MARGIN_SECONDS),
        (Context(900), 29, 29 - ANSWER_MARGIN_SECONDS),
        (Context(10), 29, 10 - ANSWER_MARGIN_SECONDS),
        (Context(29, "512"), None, 29 - 3.455 * ANSWER_MARGIN_SECONDS),
        (Context(3, "512"), None, 2),
        (Context(29, ""), None, 29 - ANSWER_MARGIN_SECONDS),
    ],
)
def test_the_deadline_leaves_time_to_answer(
    context: Context, most: float | None, seconds: float, clock: FakeClock
) -> None:
    assert deadline(context, most=most) == pytest.approx(clock.monotonic() + seconds, abs=0.001)
    assert deadline(None, most=most) is None


def test_a_gateways_own_timeout_bounds_the_deadline(
    monkeypatch: pytest.MonkeyPatch, clock: FakeClock
) -> None:
    seconds = []

    def encode(*_: object, deadline: float, **__: object) -> Any:
        seconds.append(deadline - clock.monotonic())
        raise DeadlineExceeded(0, 1, 0, 1)

    monkeypatch.setattr(embeddings.encoder, "encode", encode)
    for name in ("http-api-v2", "rest-api-v1", "function-url", "alb"):
        lambda_handler(load_event(name), Context(seconds=900))
    assert seconds == [28, 28, 899, 899]


def test_tokenize_stops_at_the_deadline() -> None:
    asked = event({"input": ["a", "b"]})
    asked["requestContext"]["http"]["path"] = "/tokenize"
    answer = lambda_handler(asked, Context(seconds=0))
    assert answer["statusCode"] == 413
    assert json.loads(answer["body"])["error"]["code"] == "deadline_exceeded"


def test_a_request_that_takes_too_long_is_a_413_that_says_how_to_split(
    monkeypatch: pytest.MonkeyPatch, clock: FakeClock
) -> None:
    def run(_: object) -> Any:
        clock.sleep(0.25)
        return np.zeros(384, np.float32)

    monkeypatch.setattr(embeddings.encoder._session, "run", run)
    monkeypatch.setattr(embeddings.encoder, "threads", 1)
    body = {"input": [f"number {number}" for number in range(100)], "encoding_format": "base64"}
    answer = lambda_handler(event(body), Context(seconds=ANSWER_MARGIN_SECONDS + 2))
    assert answer["statusCode"] == 413
    assert answer["headers"]["x-should-retry"] == "false"
    error = json.loads(answer["body"])["error"]
    assert error["code"] == "deadline_exceeded"
    # Two seconds are not over until the ninth text is done; each has four tokens.
    assert "after 36 of 400 tokens (9 of 100 texts)" in error["message"]
    assert "Send at most 6 such texts" in error["message"]


def test_a_direct_request_that_takes_too_long_is_a_413() -> None:
    answer = lambda_handler({"input": ["a", "b"]}, Context(seconds=-1))
    assert answer["status"] == 413
    assert "after 0 of" in answer["error"]["message"]


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
