"""An answer that Lambda would not take is refused before any work, with its size and the cure.

Lambda takes 6,291,456 bytes, as the runtime client writes them.
"""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import replace
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.api import lambda_handler
from handler.embeddings.answer_size import answer_bytes
from handler.embeddings.response import render
from handler.limits import MAX_ANSWER
from model_layer import Encoded, Encoder
from tests.events import load_event


def request(
    body: dict[str, Any], name: str = "http-api-v2", accept: str = "gzip"
) -> dict[str, Any]:
    """An event with this body and this accept-encoding."""
    event = load_event(name)
    content = json.dumps(body)
    event["headers"] = {**event["headers"], "accept-encoding": accept}
    event["headers"]["content-length"] = str(len(content))
    if "multiValueHeaders" in event:
        event["multiValueHeaders"] = {key: [value] for key, value in event["headers"].items()}
    return {**event, "body": content, "isBase64Encoded": False}


def texts(count: int) -> list[str]:
    return [f"number {number}" for number in range(count)]


@pytest.fixture(scope="module")
def many(encoder: Encoder) -> Encoded:
    """The most vectors that a request may ask for, each of another text."""
    return encoder.encode(texts(2_048))


@pytest.fixture
def encoded_before(many: Encoded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers have the vectors of `many`, so that a test does not wait for their encoding."""

    def encode(_: Encoder, asked: list[str], **__: object) -> Encoded:
        assert asked == texts(len(asked))
        rows = slice(len(asked))
        return replace(
            many,
            vectors=many.vectors[rows],
            token_counts=many.token_counts[rows],
            truncated=many.truncated[rows],
        )

    monkeypatch.setattr(Encoder, "encode", encode)


@pytest.mark.parametrize("dimensions", [1, 2, 100, 383, 384])
@pytest.mark.parametrize("wire", ["float", "base64", "gzipped", "spaced"])
def test_the_estimate_is_slightly_above_the_real_size(
    many: Encoded, dimensions: int, wire: str
) -> None:
    body = render(
        many,
        model="all-MiniLM-L6-v2",
        fingerprint="f",
        encoding_format="base64" if wire == "base64" else "float",
        dimensions=dimensions,
        gzipped=wire == "gzipped",
    ).body
    if wire == "gzipped":
        true = len(base64.b64encode(body))
    elif wire == "spaced":
        true = len(json.dumps(orjson.loads(body)))
    else:
        true = len(json.dumps(body.decode()))  # a string in the envelope, with escaped quotes
    estimate = answer_bytes(
        2_048,
        dimensions,
        base64=wire == "base64",
        gzipped=wire == "gzipped",
        spaced=wire == "spaced",
    )
    assert true <= estimate
    if dimensions > 2:  # around short rows, the rest of the JSON weighs more
        assert estimate <= 1.15 * true + 10_000


@pytest.mark.usefixtures("encoded_before")
def test_the_largest_base64_answer_fits() -> None:
    answer = lambda_handler(request({"input": texts(2_048), "encoding_format": "base64"}), None)
    assert answer["statusCode"] == 200
    assert len(json.dumps(answer)) < MAX_ANSWER
    assert "content-encoding" not in answer["headers"]


@pytest.mark.usefixtures("encoded_before")
def test_a_float_answer_that_does_not_fit_is_compressed(many: Encoded) -> None:
    answer = lambda_handler(request({"input": texts(2_048)}), None)
    assert answer["statusCode"] == 200
    assert len(json.dumps(answer)) < MAX_ANSWER
    assert answer["headers"]["content-encoding"] == "gzip"
    assert answer["isBase64Encoded"]
    body = json.loads(gzip.decompress(base64.b64decode(answer["body"])))
    rows = np.array([item["embedding"] for item in body["data"]], np.float32)
    np.testing.assert_array_equal(rows, many.vectors)


@pytest.mark.parametrize(
    ("name", "accept"),
    [
        ("http-api-v2", "identity"),
        ("http-api-v2", "gzip;q=0, identity"),
        ("rest-api-v1", "gzip"),  # by default, it passes base64 on undecoded
    ],
)
def test_an_answer_that_cannot_be_compressed_is_refused_before_any_work(
    name: str, accept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Encoder, "encode", None)  # it must not be called
    answer = lambda_handler(request({"input": texts(2_048)}, name, accept), None)
    assert answer["statusCode"] == 413
    error = json.loads(answer["body"])["error"]
    assert (error["param"], error["code"]) == ("input", "answer_too_large")
    assert f"limit is {MAX_ANSWER}" in error["message"]
    assert '"base64"' in error["message"]


@pytest.mark.usefixtures("encoded_before")
def test_the_limit_behind_a_load_balancer_is_lower() -> None:
    body = {"input": texts(600), "encoding_format": "base64"}
    refused = lambda_handler(request(body, "alb"), None)
    assert refused["statusCode"] == 413
    message = json.loads(refused["body"])["error"]["message"]
    assert "limit is 1048576" in message
    assert "base64" not in message  # the request asks for it already
    body["input"] = texts(int(message.rpartition("at most ")[2].partition(" inputs")[0]))
    answer = lambda_handler(request(body, "alb"), None)
    assert answer["statusCode"] == 200
    assert 900_000 < len(json.dumps(answer)) < 1_048_576


@pytest.mark.usefixtures("encoded_before")
def test_the_number_of_inputs_that_a_refusal_names_fits() -> None:
    refused = lambda_handler(request({"input": texts(2_048)}, accept=""), None)
    message = json.loads(refused["body"])["error"]["message"]
    most = int(message.rpartition("at most ")[2].partition(" inputs")[0])
    assert 1_250 < most < 1_320
    answer = lambda_handler(request({"input": texts(most)}, accept=""), None)
    assert answer["statusCode"] == 200
    assert 0.95 * MAX_ANSWER < len(json.dumps(answer)) < MAX_ANSWER
    more = lambda_handler(request({"input": texts(most + 1)}, accept=""), None)
    assert more["statusCode"] == 413


@pytest.mark.usefixtures("encoded_before")
def test_a_direct_answer_is_measured_as_the_runtime_writes_it() -> None:
    refused = lambda_handler({"input": texts(2_048)}, None)
    assert refused["status"] == 413
    most = int(refused["error"]["message"].rpartition("at most ")[2].partition(" inputs")[0])
    answer = lambda_handler({"input": texts(most)}, None)
    assert 0.9 * MAX_ANSWER < len(json.dumps(answer)) < MAX_ANSWER
    assert "data" in lambda_handler({"input": texts(2_048), "encoding_format": "base64"}, None)


@given(inputs=st.integers(1, 2_048), dimensions=st.integers(1, 384), base64_=st.booleans())
def test_the_estimate_grows_with_inputs_and_dimensions(
    inputs: int, dimensions: int, base64_: bool
) -> None:
    size = answer_bytes(inputs, dimensions, base64=base64_)
    assert size < answer_bytes(inputs + 1, dimensions, base64=base64_)
    assert size <= answer_bytes(inputs, dimensions + 1, base64=base64_)
