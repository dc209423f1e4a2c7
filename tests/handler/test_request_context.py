"""Each request has an id and a deadline."""

from __future__ import annotations

import json
import time
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from handler.api import embeddings, lambda_handler
from handler.request_context import ANSWER_MARGIN_SECONDS, deadline, request_id
from model_layer import DeadlineExceeded
from tests.events import load_event
from tests.fake_clock import FakeClock
from tests.handler.lambda_context import LambdaContext, http_event


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """The clock of deadlines and of the encoder."""
    clock = FakeClock()
    fake = SimpleNamespace(monotonic=clock.monotonic, perf_counter=time.perf_counter)
    for module in ("handler.request_context", "model_layer.encoder"):
        monkeypatch.setattr(f"{module}.time", fake)
    monkeypatch.setattr(embeddings.encoder, "_clock", clock.monotonic)
    return clock


@pytest.mark.parametrize(
    ("asked", "context", "given"),
    [
        ("trace-1.2_3", LambdaContext(), "trace-1.2_3"),
        (None, LambdaContext(), LambdaContext.aws_request_id),
        ("x" * 129, LambdaContext(), LambdaContext.aws_request_id),
        ("a b", LambdaContext(), LambdaContext.aws_request_id),
        ('"},{"', LambdaContext(), LambdaContext.aws_request_id),
        ("a\nb", LambdaContext(), LambdaContext.aws_request_id),
    ],
)
def test_the_callers_id_is_kept_if_it_is_well_formed(
    asked: str, context: LambdaContext, given: str
) -> None:
    assert request_id(asked, context) == given


def test_a_request_without_an_id_gets_a_new_one() -> None:
    assert len({request_id(None, None) for _ in range(10)}) == 10


@pytest.mark.parametrize(
    ("context", "most", "seconds"),
    [
        (LambdaContext(29), None, 29 - ANSWER_MARGIN_SECONDS),
        (LambdaContext(29, "10240"), None, 29 - ANSWER_MARGIN_SECONDS),
        (LambdaContext(900), 29, 29 - ANSWER_MARGIN_SECONDS),
        (LambdaContext(10), 29, 10 - ANSWER_MARGIN_SECONDS),
        (LambdaContext(29, "512"), None, 29 - 3.455 * ANSWER_MARGIN_SECONDS),
        (LambdaContext(3, "512"), None, 2),
        (LambdaContext(29, ""), None, 29 - ANSWER_MARGIN_SECONDS),
    ],
)
def test_the_deadline_leaves_time_to_answer(
    context: LambdaContext, most: float | None, seconds: float, clock: FakeClock
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
        lambda_handler(load_event(name), LambdaContext(seconds=900))
    assert seconds == [28, 28, 899, 899]


def test_tokenize_stops_at_the_deadline() -> None:
    asked = http_event({"input": ["a", "b"]})
    asked["requestContext"]["http"]["path"] = "/tokenize"
    answer = lambda_handler(asked, LambdaContext(seconds=0))
    assert answer["statusCode"] == 413
    assert json.loads(answer["body"])["error"]["code"] == "deadline_exceeded"


def test_a_request_that_takes_too_long_is_a_413_that_says_how_to_split(
    monkeypatch: pytest.MonkeyPatch, clock: FakeClock
) -> None:
    def run(ids: NDArray[np.int32]) -> Any:
        clock.sleep(0.25)
        return np.zeros((len(ids), 384), np.float32)

    monkeypatch.setattr(embeddings.encoder._session, "run", run)
    monkeypatch.setattr(embeddings.encoder, "threads", 1)
    rest = " word" * 252  # up to 256 tokens: a run has one such text
    texts = [f"number {number}{rest}" for number in range(100)]
    body = {"input": texts, "encoding_format": "base64"}
    answer = lambda_handler(http_event(body), LambdaContext(seconds=ANSWER_MARGIN_SECONDS + 2))
    assert answer["statusCode"] == 413
    assert answer["headers"]["x-should-retry"] == "false"
    error = json.loads(answer["body"])["error"]
    assert error["code"] == "deadline_exceeded"
    # Two seconds are not over until the ninth text is done.
    assert "after 2304 of 25600 tokens (9 of 100 texts)" in error["message"]
    assert "Send at most 6 such texts" in error["message"]


def test_a_direct_request_that_takes_too_long_is_a_413() -> None:
    answer = lambda_handler({"input": ["a", "b"]}, LambdaContext(seconds=-1))
    assert answer["status"] == 413
    assert "after 0 of" in answer["error"]["message"]
