"""POST /tokenize with pieces: all tokens, where each is in the text, and which the model reads."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from tokenizers import Tokenizer as WordPiece

from handler.api import lambda_handler
from handler.embeddings.answer_size import most_pieces
from handler.embeddings.schemas import TokensList
from handler.limits import MAX_ANSWER, MAX_ANSWER_ALB, MAX_PIECES, MAX_TOKEN_ID
from model_layer import Cl100k, Encoder, Truncate
from tests.events import load_event
from tests.handler.http.error_shape import assert_error
from tests.model_layer.texts import TEXTS

LONG = "first " + "word " * 300 + "last"
TRUNCATIONS = st.sampled_from(["END", "START"])


def ask(client: TestClient, input_: object, **fields: object) -> list[dict[str, Any]]:
    """The objects of an answer with pieces, which must be as they are documented."""
    response = client.post("/tokenize", json={"input": input_, "pieces": True, **fields})
    assert response.status_code == 200
    body = response.json()
    assert TokensList.model_validate(body, strict=True, extra="forbid").model_dump() == body
    data: list[dict[str, Any]] = body["data"]
    return data


def test_each_token_has_its_text_its_place_and_whether_it_is_read(client: TestClient) -> None:
    (tokens,) = ask(client, "An unaffable 字")
    assert tokens == {
        "object": "tokens",
        "index": 0,
        "count": 7,
        "ids": [101, 2019, 14477, 20961, 3468, 100, 102],
        "truncated": False,
        "pieces": [
            {"id": 101, "text": "[CLS]", "start": None, "end": None, "read": True},
            {"id": 2019, "text": "an", "start": 0, "end": 2, "read": True},
            {"id": 14477, "text": "una", "start": 3, "end": 6, "read": True},
            {"id": 20961, "text": "##ffa", "start": 6, "end": 9, "read": True},
            {"id": 3468, "text": "##ble", "start": 9, "end": 12, "read": True},
            {"id": 100, "text": "[UNK]", "start": 13, "end": 14, "read": True},
            {"id": 102, "text": "[SEP]", "start": None, "end": None, "read": True},
        ],
    }


def test_places_are_counted_in_code_points(client: TestClient) -> None:
    (tokens,) = ask(client, "👩\u200d👧 cafe\u0301 word")
    places = [(piece["text"], piece["start"], piece["end"]) for piece in tokens["pieces"][1:-1]]
    assert places == [("[UNK]", 0, 3), ("cafe", 4, 8), ("word", 10, 14)]


@given(text=TEXTS, truncate=TRUNCATIONS)
def test_of_any_text_the_pieces_are_the_tokenizers_and_those_read_the_encoders(
    client: TestClient, encoder: Encoder, wordpiece: WordPiece, text: str, truncate: Truncate
) -> None:
    text = text * 5  # sometimes more than the model reads
    (tokens,) = ask(client, [text], truncate=truncate)
    whole, pieces = wordpiece.encode(text), tokens["pieces"]
    assert [piece["id"] for piece in pieces] == whole.ids
    assert [piece["text"] for piece in pieces] == whole.tokens
    places = [(piece["start"], piece["end"]) for piece in pieces]
    assert places == [(None, None), *whole.offsets[1:-1], (None, None)]
    read = [piece["id"] for piece in pieces if piece["read"]]
    assert read == tokens["ids"] == encoder.tokenizer.tokenize(text, truncate).ids.tolist()


@pytest.mark.parametrize("truncate", ["END", "START", "NONE"])
def test_pieces_add_to_an_answer_and_change_nothing_in_it(
    client: TestClient, truncate: str
) -> None:
    inputs = ["hello world", "", LONG, "word " * 254, "word " * 255]
    body = {"input": inputs, "truncate": truncate}
    plain = client.post("/tokenize", json=body).json()["data"]
    detailed = ask(client, inputs, truncate=truncate)
    for tokens in detailed:
        pieces = tokens.pop("pieces")
        assert len(pieces) == tokens["count"]
        assert [piece["id"] for piece in pieces if piece["read"]] == tokens["ids"]
    assert detailed == plain
    assert [tokens["truncated"] for tokens in plain] == [False, False, True, False, True]
    for pieces in (False, None):
        assert client.post("/tokenize", json=body | {"pieces": pieces}).json()["data"] == plain


@pytest.mark.parametrize(("truncate", "lost"), [("END", "last"), ("START", "first")])
def test_what_is_cut_is_shown_as_not_read(client: TestClient, truncate: str, lost: str) -> None:
    (tokens,) = ask(client, LONG, truncate=truncate)
    cut = {piece["text"] for piece in tokens["pieces"] if not piece["read"]}
    assert cut == {"word", lost}
    assert len([piece for piece in tokens["pieces"] if piece["read"]]) == 256


def test_the_pieces_of_token_ids_are_places_in_the_text_that_comes_with_them(
    client: TestClient, cl100k: Cl100k
) -> None:
    ids = [[42562, 374, 459], [15339]]
    for tokens, asked in zip(ask(client, ids), ids, strict=True):
        text = tokens["text"]
        assert text == cl100k.decode(asked)
        for piece in tokens["pieces"][1:-1]:
            whole = text[piece["start"] : piece["end"]].lower()
            assert whole == piece["text"].removeprefix("##")
    (alone,) = ask(client, ids[0])
    assert alone["text"] == cl100k.decode(ids[0])
    plain = client.post("/tokenize", json={"input": ids}).json()["data"]
    assert "text" not in plain[0]


@pytest.mark.parametrize("wrong", ["true", 1, [], {}])
def test_pieces_are_asked_for_by_a_boolean(client: TestClient, wrong: object) -> None:
    error = assert_error(client.post("/tokenize", json={"input": "a", "pieces": wrong}), 400)
    assert error["param"] == "pieces"


def test_an_embeddings_request_may_have_any_pieces(client: TestClient) -> None:
    """As every field that it does not know."""
    body = {"input": "a", "pieces": "x"}
    assert client.post("/v1/embeddings", json=body).status_code == 200


def test_more_pieces_than_an_answer_can_have_are_refused(client: TestClient) -> None:
    half = "a " * (MAX_PIECES // 2 - 2)
    tokens = ask(client, [half, half])
    assert sum(len(each["pieces"]) for each in tokens) == MAX_PIECES
    for inputs in ([half, half, ""], "a " * 3_000_000):
        error = assert_error(client.post("/tokenize", json={"input": inputs, "pieces": True}), 413)
        assert (error["param"], error["code"]) == ("input", "answer_too_large")
        assert f"more than {MAX_PIECES} word pieces" in error["message"]
    assert client.post("/tokenize", json={"input": [half, half, ""]}).status_code == 200


@pytest.mark.parametrize(("name", "limit"), [("http-api-v2", MAX_ANSWER), ("alb", MAX_ANSWER_ALB)])
def test_the_largest_answer_fits_into_lambdas_envelope(name: str, limit: int) -> None:
    def answer(text: str) -> Any:
        event = copy.deepcopy(load_event(name))
        place = event["requestContext"].get("http", event)
        place["path"] = "/tokenize"
        event["headers"].pop("content-length", None)
        body = json.dumps({"input": text, "pieces": True})
        return lambda_handler({**event, "body": body, "isBase64Encoded": False}, None)

    word = "telecommunications "  # the longest that is one token
    most = most_pieces([""], limit, with_texts=False)
    full = answer(word * (most - 2))
    assert full["statusCode"] == 200
    assert 0.8 * limit < len(json.dumps(full)) < limit
    refused = answer(word * (most - 1))
    assert refused["statusCode"] == 413
    assert f"more than {most} word pieces" in json.loads(refused["body"])["error"]["message"]


IDS = st.lists(st.integers(0, MAX_TOKEN_ID), min_size=1, max_size=20)


@given(input_=st.lists(TEXTS, min_size=1, max_size=4) | st.lists(IDS, min_size=1, max_size=4))
def test_an_answer_is_never_larger_than_its_estimate(
    client: TestClient, cl100k: Cl100k, input_: list[Any]
) -> None:
    body = client.post("/tokenize", json={"input": input_, "pieces": True}).content
    size = len(json.dumps(body.decode()))  # in the envelope
    has_ids = isinstance(input_[0], list)
    texts = [cl100k.decode(ids) for ids in input_] if has_ids else input_
    pieces = body.count(b'"read":')
    assert most_pieces(texts, size - 1, with_texts=has_ids) < pieces
