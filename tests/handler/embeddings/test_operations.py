"""A request chooses how a long input is cut, and can count tokens before."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from handler.embeddings.operations import CheckedRequest, EmbeddingOperations
from handler.embeddings.request import EmbeddingRequest
from handler.embeddings.schemas import TokensList
from handler.errors import RequestTooLarge
from handler.http.app import create_app
from handler.request_context import RequestContext
from handler.settings import Settings
from model_layer import Cancelled, Cl100k, Encoder
from tests.handler.http.error_shape import assert_error

LONG = "first " + "word " * 300 + "last"


def test_a_request_chooses_which_end_of_a_long_input_is_cut(
    client: TestClient, encoder: Encoder
) -> None:
    def embed(truncate: str | None) -> Any:
        return client.post("/v1/embeddings", json={"input": LONG, "truncate": truncate})

    end, start = embed("END"), embed("START")
    assert embed(None).content == end.content
    for response, text in ((end, "first " + "word " * 253), (start, "word " * 253 + "last")):
        assert response.headers["x-embedding-truncated"] == "1/1"
        assert response.json()["usage"]["prompt_tokens"] == 256
        row = np.array([response.json()["data"][0]["embedding"]], np.float32)
        np.testing.assert_array_equal(row, encoder.encode([text]).vectors)


@pytest.mark.parametrize(
    ("input_", "place"),
    [(LONG, "input"), (["a", LONG], "input[1]"), ([1176] + [3492] * 301, "input")],
)
def test_with_truncate_none_a_long_input_is_a_400_with_its_token_count(
    client: TestClient, input_: object, place: str
) -> None:
    response = client.post("/v1/embeddings", json={"input": input_, "truncate": "NONE"})
    error = assert_error(response, 400)
    assert (error["param"], error["code"]) == (place, "input_too_long")
    assert f"'{place}' has 304 tokens; the model reads 256" in error["message"]


def test_a_setting_has_the_default_of_truncate(encoder: Encoder, cl100k: Cl100k) -> None:
    strict = TestClient(
        create_app(EmbeddingOperations(encoder, cl100k, truncate="NONE"), Settings())
    )
    assert_error(strict.post("/v1/embeddings", json={"input": LONG}), 400)
    cut = strict.post("/v1/embeddings", json={"input": LONG, "truncate": "END"})
    assert cut.status_code == 200


def test_tokenize_counts_all_tokens_and_lists_those_read(
    client: TestClient, encoder: Encoder
) -> None:
    body = client.post("/tokenize", json={"input": ["hello world", LONG]}).json()
    assert TokensList.model_validate(body, strict=True, extra="forbid").model_dump() == body
    short, long = body["data"]
    assert short == {
        "object": "tokens",
        "index": 0,
        "count": 4,
        "ids": [101, 7592, 2088, 102],
        "truncated": False,
    }
    assert (long["count"], len(long["ids"]), long["truncated"]) == (304, 256, True)
    whole = client.post("/tokenize", json={"input": LONG, "truncate": "NONE"}).json()["data"][0]
    assert (whole["count"], len(whole["ids"]), whole["truncated"]) == (304, 256, True)
    assert_error(client.post("/tokenize", json={"input": []}), 400)


@pytest.mark.parametrize("text", ["word " * 200_000, "\u200d" * 1_000_000])
def test_tokenize_stops_within_a_long_text(encoder: Encoder, cl100k: Cl100k, text: str) -> None:
    class Cancelling(RequestContext):
        asked = 0

        def is_cancelled(self) -> bool:
            self.asked += 1
            return self.asked == 5

    operations = EmbeddingOperations(encoder, cl100k)
    request = CheckedRequest(EmbeddingRequest(input=text), [text])
    context = Cancelling("id")
    with pytest.raises(Cancelled):
        operations.tokenize(request, context)
    late = RequestContext("id", deadline=time.monotonic() - 1)
    with pytest.raises(RequestTooLarge, match=r"after 0 of 1 inputs\. Send shorter ones"):
        operations.tokenize(request, late)
