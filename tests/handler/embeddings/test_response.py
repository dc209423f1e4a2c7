"""An answer has exactly the encoder's vectors, in both encodings."""

from __future__ import annotations

import base64
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.embeddings.response import reduce_dimensions, render
from handler.embeddings.schemas import EmbeddingList
from model_layer import Encoded, Encoder


@pytest.fixture(scope="module")
def encoded(encoder: Encoder) -> Encoded:
    return encoder.encode(["one", "two two", "three " * 300])


def test_floats_are_exactly_the_vectors(encoded: Encoded) -> None:
    answer = render(encoded, model="m", fingerprint="f")
    rows = [item["embedding"] for item in json.loads(answer.body)["data"]]
    np.testing.assert_array_equal(np.array(rows, np.float32), encoded.vectors)
    assert len(answer.body) < 5_000 * len(rows)  # the shortest exact text, not float64's


def test_base64_is_little_endian_float32(encoded: Encoded) -> None:
    answer = render(encoded, model="m", fingerprint="f", encoding_format="base64")
    rows = [base64.b64decode(item["embedding"]) for item in json.loads(answer.body)["data"]]
    assert b"".join(rows) == encoded.vectors.astype("<f4").tobytes()


def test_the_rest_of_the_body_has_openais_shape(encoded: Encoded) -> None:
    body = json.loads(render(encoded, model="m", fingerprint="f").body)
    tokens = 3 + 4 + 256
    assert body["object"] == "list"
    assert [item["index"] for item in body["data"]] == [0, 1, 2]
    assert {item["object"] for item in body["data"]} == {"embedding"}
    assert body["model"] == "m"
    assert body["usage"] == {"prompt_tokens": tokens, "total_tokens": tokens}


@pytest.mark.parametrize("encoding_format", ["float", "base64"])
def test_the_body_is_what_the_documented_model_says(encoded: Encoded, encoding_format: str) -> None:
    answer = render(encoded, model="m", fingerprint="f", encoding_format=encoding_format)
    body = json.loads(answer.body)
    assert EmbeddingList.model_validate(body, strict=True, extra="forbid").model_dump() == body


def test_headers_name_the_vector_space_and_count_cut_inputs(
    encoded: Encoded, encoder: Encoder
) -> None:
    assert render(encoded, model="m", fingerprint="f").headers == {
        "x-embedding-fingerprint": "f",
        "x-embedding-truncated": "1/3",
    }
    assert (
        "x-embedding-truncated"
        not in render(encoder.encode(["short"]), model="m", fingerprint="f").headers
    )


@given(dimensions=st.integers(1, 384))
def test_shortened_vectors_have_unit_length_and_the_same_direction(
    encoded: Encoded, dimensions: int
) -> None:
    short = reduce_dimensions(encoded.vectors, dimensions)
    assert short.shape == (3, dimensions)
    np.testing.assert_allclose(np.linalg.norm(short, axis=1), 1, atol=1e-6)
    cut = encoded.vectors[:, :dimensions]
    cosines = np.sum(short * cut, axis=1) / np.linalg.norm(cut, axis=1)
    np.testing.assert_allclose(cosines, 1, atol=1e-6)


def test_all_dimensions_leave_the_vectors_as_they_are(encoded: Encoded) -> None:
    assert reduce_dimensions(encoded.vectors, 384) is encoded.vectors
    assert reduce_dimensions(encoded.vectors, None) is encoded.vectors
