"""The four forms of `input` are read as texts; any other value is refused with its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.embeddings.request import parse_request, read_texts
from handler.errors import InvalidRequest
from handler.limits import DIMENSIONS, MAX_TOKEN_ID
from model_layer import Cl100k
from model_layer.artifacts import read_bundle
from model_layer.cl100k import RANKS
from tests.handler.json_values import JSON_VALUES

PREM = [42562.0, 374.0, 459.0, 4228.0, 311.0, 1005.0, 1825.0, 2592.0, 15592.0, 5452.0, 13.0]
PREM_TEXT = "Prem is an easy to use open source AI platform."


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ("a text", ["a text"]),
        ("", [""]),
        (["a", "", "b"], ["a", "", "b"]),
        ([int(token_id) for token_id in PREM], [PREM_TEXT]),
        (PREM, [PREM_TEXT]),
        ([PREM, [42562, 374.0]], [PREM_TEXT, "Prem is"]),
        (["\ud83d"], ["\ud83d"]),
    ],
)
def test_each_form_of_input_is_read(cl100k: Cl100k, value: object, texts: list[str]) -> None:
    assert read_texts(value, cl100k) == texts


@pytest.mark.parametrize(
    ("value", "param", "words"),
    [
        (None, "input", "'input' is null"),
        (3, "input", "'input' is the number 3"),
        (True, "input", "'input' is true"),
        ({}, "input", "'input' is an object"),
        ([], "input", "an empty list"),
        ([[]], "input[0]", "an empty list"),
        ([[1], []], "input[1]", "an empty list"),
        (["a", 3], "input[1]", "the number 3"),
        (["a", ["b"]], "input[1]", "a list of 1 items"),
        (["a", None], "input[1]", "null"),
        ([1, 2, "a"], "input[2]", 'the string "a"'),
        ([1, True], "input[1]", "true"),
        ([[1], 2], "input[1]", "the number 2"),
        ([None, "a"], "input[0]", "null"),
        ([{"text": "a"}], "input[0]", "an object"),
        ([[1, "a"]], "input[0][1]", 'the string "a"'),
        ([[1, True]], "input[0][1]", "true"),
        ([[[1]]], "input[0][0]", "a list of 1 items"),
        ([[1], [2, 3.5]], "input[1][1]", "the number 3.5"),
        ([float("nan")], "input[0]", "the number nan"),
        ([float("inf"), 1], "input[0]", "the number inf"),
        ([1, -1], "input[1]", "token id -1 is outside .*0 to 100255"),
        ([[1], [2, -7]], "input[1][1]", "token id -7 is outside"),
        ([100_277], "input[0]", "token id 100277 is outside"),
        ([10**30], "input[0]", "token id 10+ is outside"),
        ([100_257], "input[0]", "token id 100257 is a special"),
        ([[1, 2, 100_276]], "input[0][2]", "token id 100276 is a special"),
        (["a"] * 2_049, "input", "2049 items; one request may have 2048"),
        ([[1]] * 2_049, "input", "2049 items; one request may have 2048"),
        ([1] * 8_193, "input", "8193 token ids; one input may have 8192"),
        ([[1], [1] * 8_193], "input[1]", "8193 token ids; one input may have 8192"),
        ([[1] * 8_000] * 38, "input", "Requested 304000 tokens, max 300000"),
    ],
)
def test_a_wrong_input_is_refused_with_its_place(
    cl100k: Cl100k, value: object, param: str, words: str
) -> None:
    with pytest.raises(InvalidRequest, match=words) as caught:
        read_texts(value, cl100k)
    assert caught.value.param == param


def test_inputs_at_the_limits_are_accepted(cl100k: Cl100k) -> None:
    assert len(read_texts(["a"] * 2_048, cl100k)) == 2_048
    assert len(read_texts([[1]] * 2_048, cl100k)) == 2_048
    assert len(read_texts([1] * 8_192, cl100k)) == 1
    assert len(read_texts([[1] * 7_500] * 40, cl100k)) == 40


@given(value=JSON_VALUES)
def test_any_input_is_read_or_refused(cl100k: Cl100k, value: object) -> None:
    try:
        texts = read_texts(value, cl100k)
    except InvalidRequest as error:
        assert error.param is not None
        assert error.param.startswith("input")
    else:
        assert texts
        assert all(isinstance(text, str) for text in texts)


@given(lists=st.lists(st.lists(st.integers(0, RANKS - 1), min_size=1), min_size=1, max_size=5))
def test_whole_floats_are_read_as_token_ids(cl100k: Cl100k, lists: list[list[int]]) -> None:
    floats = [[float(token_id) for token_id in ids] for ids in lists]
    assert read_texts(floats, cl100k) == read_texts(lists, cl100k)


def test_optional_fields_may_be_null_and_unknown_ones_are_ignored() -> None:
    body = dict.fromkeys(["model", "encoding_format", "dimensions", "user"])
    request = parse_request({**body, "input": "a", "input_type": "query"})
    assert request == parse_request({"input": "a"})
    assert request.model_dump(exclude={"input"}) == dict.fromkeys([*body, "truncate"])


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("encoding_format", "md5", "'encoding_format' is the string \"md5\".*'float' or 'base64'"),
        ("encoding_format", 1, "'encoding_format' is the number 1"),
        ("dimensions", 0, "'dimensions' is the number 0.*greater than or equal to 1"),
        ("dimensions", 385, "'dimensions' is the number 385.*less than or equal to 384"),
        ("dimensions", "x", "'dimensions' is the string \"x\".*integer"),
        ("dimensions", True, "'dimensions' is true.*integer"),
        ("dimensions", 1.5, "'dimensions' is the number 1.5.*integer"),
        ("user", 3, "'user' is the number 3.*string"),
        ("model", ["a"], "'model' is a list of 1 items.*string"),
        ("input", None, "'input' is missing"),
    ],
)
def test_a_wrong_field_is_refused_by_name(field: str, value: object, words: str) -> None:
    with pytest.raises(InvalidRequest, match=words) as caught:
        parse_request({"input": "a", field: value})
    assert caught.value.param == field


@given(payload=JSON_VALUES | st.dictionaries(st.sampled_from(["input", "user"]), JSON_VALUES))
def test_any_payload_is_read_or_refused_in_few_words(payload: object) -> None:
    try:
        assert parse_request(payload).input is not None
    except InvalidRequest as error:
        assert len(error.message) < 300


def test_the_limits_of_dimensions_and_token_ids_are_the_models() -> None:
    assert read_bundle().dimensions == DIMENSIONS
    assert MAX_TOKEN_ID == RANKS - 1
