"""JSON from callers is parsed, checked, and described in few words."""

from __future__ import annotations

import json
from typing import Annotated, Any

import pytest
from hypothesis import given
from pydantic import BaseModel, Field, ValidationError

from handler.errors import InvalidRequest, RequestTooLarge
from handler.limits import MAX_JSON_VALUES
from handler.validation import invalid, must_be, parse_json
from tests.handler.json_values import JSON_VALUES

Small = Annotated[int, Field(le=9), must_be("a number up to 9")]


class Numbers(BaseModel):
    one: Small = 0
    many: Annotated[list[Small], Field(max_length=2), must_be("a list of at most 2 numbers")] = []


@pytest.mark.parametrize(
    ("fields", "param", "message"),
    [
        ({"one": 10}, "one", "'one' is the number 10; it must be a number up to 9."),
        ({"one": "x"}, "one", "'one' is the string \"x\"; it must be a number up to 9."),
        ({"many": [1, 10]}, "many[1]", "'many[1]' is the number 10; it must be a number up to 9."),
        (
            {"many": [1, 2, 3]},
            "many",
            "is a list of 3 items; it must be a list of at most 2 numbers.",
        ),
    ],
)
def test_a_wrong_value_is_refused_with_its_place_and_what_it_must_be(
    fields: dict[str, Any], param: str, message: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        Numbers.model_validate(fields)
    error = invalid(caught.value)
    assert error.param == param
    assert error.message.endswith(message)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"hello", b'{"input": NaN}', b'{"input": Infinity}', b'{"input": "\xff"}']
    + [b"[" * 100_000, b'{"input": "\\ud83d", "dimensions": NaN}', b"\x1f\x8b\x08", b'"\\u12"'],
)
def test_a_body_that_is_not_json_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidRequest, match="not valid JSON"):
        parse_json(body)


def test_a_body_of_too_many_values_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(RequestTooLarge, match=r"1,000,002 values; the limit is 400,000"):
        parse_json(b"[" + b"[]," * 500_000 + b"1]")


def test_commas_and_brackets_in_texts_are_not_values() -> None:
    text = "[,{" * MAX_JSON_VALUES
    assert parse_json(json.dumps([text]).encode()) == [text]


@given(value=JSON_VALUES)
def test_parsed_json_equals_the_value_it_was_written_from(value: Any) -> None:
    text = json.dumps(value)
    if "NaN" in text or "Infinity" in text:
        return
    assert json.loads(text, parse_int=float) == json.loads(
        json.dumps(parse_json(text.encode())), parse_int=float
    )


def test_half_an_emoji_is_parsed() -> None:
    body = json.dumps({"input": ["whole", "half \ud83d"]}).encode()
    assert parse_json(body) == {"input": ["whole", "half \ud83d"]}
