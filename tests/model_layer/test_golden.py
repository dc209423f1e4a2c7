"""The vectors are sentence-transformers' own, from the encoder and from the Lambda function.

Real sentence-transformers on torch made `tests/golden/`; see `make_golden.py` there.
"""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from handler.api import lambda_handler
from model_layer import Encoder
from model_layer.build import verify
from tests.events import load_event
from tests.golden.reference import Golden

Vectors = NDArray[np.float32]  # (texts, 384)


def assert_agrees(vectors: Vectors, golden: Golden, precision: str) -> None:
    """The vectors of the golden texts are as close to the reference as the build demands."""
    cosines = np.sum(vectors * golden.vectors, axis=1)
    worst = int(cosines.argmin())
    assert cosines[worst] >= verify.WORST[precision], f"text {worst}: {golden.kinds[worst]}"
    assert cosines.mean() >= verify.MEAN[precision]


def test_the_promised_fidelity_is_not_lowered() -> None:
    """The build refuses a model below these cosines, and so do the tests."""
    assert verify.WORST == {"int8": 0.993, "fp32": 0.99999}
    assert verify.MEAN == {"int8": 0.999, "fp32": 0.99999}


def test_the_reference_covers_every_kind_and_length(golden: Golden) -> None:
    assert len(golden.texts) >= 190
    texts_of_length = np.histogram(golden.tokens, [0, 5, 100, 128, 256, 257, 2_001])[0]
    assert (texts_of_length > 0).all()
    assert max(map(len, golden.texts)) == 100_000
    scripts = {"empty", "emoji", "chinese", "arabic", "russian", "code", "control", "long word"}
    assert scripts <= set(golden.kinds)


def test_the_encoder_agrees(each_encoder: Encoder, golden: Golden) -> None:
    encoded = each_encoder.encode(golden.texts)
    assert_agrees(encoded.vectors, golden, each_encoder.bundle.precision)
    np.testing.assert_array_equal(encoded.token_counts, golden.tokens_read)
    np.testing.assert_array_equal(encoded.truncated, golden.tokens > 256)


@pytest.mark.parametrize(
    "encoding_format", ["base64", pytest.param("float", marks=pytest.mark.slow)]
)
def test_the_lambda_function_agrees(encoder: Encoder, golden: Golden, encoding_format: str) -> None:
    event = load_event("http-api-v2")
    event["body"] = json.dumps({"input": golden.texts, "encoding_format": encoding_format})
    answer = lambda_handler(event, None)
    assert answer["statusCode"] == 200
    body: dict[str, Any] = json.loads(answer["body"])
    rows = [item["embedding"] for item in body["data"]]
    if encoding_format == "base64":
        rows = [np.frombuffer(base64.b64decode(row), "<f4") for row in rows]
    assert_agrees(np.array(rows, np.float32), golden, encoder.bundle.precision)
    cut = int((golden.tokens > 256).sum())
    assert answer["headers"]["x-embedding-truncated"] == f"{cut}/{len(golden.texts)}"
    assert body["usage"]["prompt_tokens"] == golden.tokens_read.sum()
