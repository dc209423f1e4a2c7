"""AWS's runtime client calls the handler with real events, over the real protocol."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

import numpy as np
import pytest

from model_layer import Encoder
from tests.events import load_event
from tests.handler.runtime_api import LocalRuntime
from tests.paths import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="awslambdaric runs on Linux only")


@pytest.fixture(scope="module")
def runtime() -> Iterator[LocalRuntime]:
    api = LocalRuntime("handler.api.lambda_handler", ROOT)
    yield api
    api.close()


@pytest.mark.parametrize("start", ["cold", "warm"])
@pytest.mark.parametrize("name", ["http-api-v2", "rest-api-v1", "function-url", "alb"])
def test_an_http_event_is_answered(runtime: LocalRuntime, name: str, start: str) -> None:
    outcome = runtime.invoke(load_event(name))
    assert outcome.kind == "response"
    assert outcome.body["statusCode"] == 200
    assert len(json.loads(outcome.body["body"])["data"]) == 2


def test_a_direct_payload_gets_the_encoders_vectors(
    runtime: LocalRuntime, encoder: Encoder
) -> None:
    outcome = runtime.invoke(load_event("direct"))
    assert outcome.kind == "response"
    rows = [item["embedding"] for item in outcome.body["data"]]
    expected = encoder.encode(load_event("direct")["input"]).vectors
    np.testing.assert_array_equal(np.array(rows, np.float32), expected)


@pytest.mark.parametrize("name", ["http-api-v2-bad-input", "direct-bad-input"])
def test_a_callers_mistake_is_answered(runtime: LocalRuntime, name: str) -> None:
    outcome = runtime.invoke(load_event(name))
    assert outcome.kind == "response"
    assert outcome.body.get("statusCode", outcome.body.get("status")) == 400


def test_an_event_of_an_unknown_kind_fails(runtime: LocalRuntime) -> None:
    outcome = runtime.invoke(load_event("unsupported-sqs"))
    assert outcome.kind == "error"
    assert outcome.body["errorType"] == "UnsupportedEvent"
    assert "['Records']" in outcome.body["errorMessage"]


def test_the_function_answers_after_an_error(runtime: LocalRuntime) -> None:
    assert runtime.invoke(load_event("warm-up")).body == {"status": True}


def test_a_bad_setting_fails_the_init_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENCODER_THREADS", "many")
    api = LocalRuntime("handler.api.lambda_handler", ROOT)
    try:
        outcome = api.init_outcome()
    finally:
        api.close()
    assert outcome.kind == "error"
    assert "ENCODER_THREADS is 'many'" in outcome.body["errorMessage"]


def test_a_setting_has_the_prefix_that_a_stage_puts_before_the_path(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("API_BASE_PATH", "/prod")
    event = load_event("http-api-v2")
    event["rawPath"] = event["requestContext"]["http"]["path"] = "/prod/v1/embeddings"
    api = LocalRuntime("handler.api.lambda_handler", ROOT)
    try:
        assert api.invoke(event).body["statusCode"] == 200
    finally:
        api.close()
