"""One grammar for all JSON texts, whatever escapes they have."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.json_text import NotJson, count_values, read_json
from handler.limits import MAX_JSON_HALVES
from tests.handler.json_values import JSON_VALUES

# Pieces of texts that parsers are known to differ in.
PIECES = [
    *["1e999", "-1e999", "1e-400", "-0", "0.1", "007", "+1", ".5", "1.", "NaN", "-Infinity", "nul"],
    *["9" * 19, "9" * 25, "9" * 400, "9" * 5_000, "[" * 1_030 + "]" * 1_030, "[" * 900 + "]" * 900],
    *['"\\x"', '"\\u12"', '"\x00"', '"\n"', '"\x7f"', '"\\u0000"', "'a'", '{"a": 1, "a": 2}'],
    *[
        "[1,]",
        "[,1]",
        "{1: 2}",
        "[1] [2]",
        "/* a */ 1",
        "\u2028",
        "\ufeff",
        "\xa0",
        '"\\/"',
        "true",
    ],
]


def verdict(text: bytes) -> tuple[Any]:
    """The value, in a tuple, or an empty tuple. Its form tells 1 from 1.0 and from True."""
    try:
        return (json.dumps(read_json(text)),)
    except (NotJson, RecursionError):
        return ()  # type: ignore[return-value]


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("place", ["%s", '{"input": "a", "ignored": %s}', '["", %s]'])
def test_an_escape_does_not_change_the_verdict(piece: str, place: str) -> None:
    text = f"[{place % piece}, %s]"
    plain, escaped, half = (text % one for one in ('"a"', r'"\u0061"', r'"\ud83d"'))
    assert verdict(plain.encode()) == verdict(escaped.encode())
    assert bool(verdict(plain.encode())) == bool(verdict(half.encode()))


@given(value=JSON_VALUES, data=st.data())
def test_an_escape_changes_no_verdict_of_a_damaged_text(value: Any, data: st.DataObject) -> None:
    text = json.dumps([value, "marker"], ensure_ascii=data.draw(st.booleans()))
    cut = data.draw(st.integers(0, len(text)))
    text = text[:cut] + data.draw(st.sampled_from(["", *PIECES])) + text[cut:]
    plain = text.encode("utf-8", "surrogatepass")
    escaped = text.replace("marker", r"\u006darker").encode("utf-8", "surrogatepass")
    half = text.replace("marker", r"\udc00").encode("utf-8", "surrogatepass")
    assert verdict(plain) == verdict(escaped)
    assert bool(verdict(plain)) == bool(verdict(half))
    if not text.startswith("\ufeff"):  # one mark is ignored, and a second is a character
        assert verdict(plain) == verdict(b"\xef\xbb\xbf" + plain)


@given(value=JSON_VALUES)
def test_a_value_with_halves_of_pairs_is_the_one_that_json_reads(value: Any) -> None:
    text = json.dumps([value, "\ud83d", {"\udc00": "\ud83d\ud83d\ude00"}])
    if "NaN" in text or "Infinity" in text:
        return
    read = json.dumps(read_json(text.encode()))
    assert json.loads(read, parse_int=float) == json.loads(text, parse_int=float)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (rb'"\\ud83d"', "\\ud83d"),
        (rb'"\\\ud83d"', "\\\ud83d"),
        (rb'"\ud83d\ude00"', "\U0001f600"),
        (rb'"\ud83d\ud83d\ude00"', "\ud83d\U0001f600"),
        (rb'"\ude00\ud83d"', "\ude00\ud83d"),
        (rb'"\uD83Dx\\\"\uDE00"', '\ud83dx\\"\ude00'),
        (rb'{"\ud83d": ["\udc00", {"a": "\udc00"}]}', {"\ud83d": ["\udc00", {"a": "\udc00"}]}),
        (b"\xef\xbb\xbf 1", 1),
    ],
)
def test_halves_and_marks_are_read(text: bytes, value: Any) -> None:
    assert read_json(text) == value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b'{"input": "caf\xe9"}', r"not UTF-8 at byte 14 \(0xe9"),
        (b'{"input": "\\ud83d caf\xe9"}', r"not UTF-8 at byte 21 \(0xe9"),
        ('{"input": "a"}'.encode("utf-16"), r"not UTF-8 at byte 0 \(0xff"),
        (b'{"input":\n "a", "x": 1e999}', "infinity .* line 2, column 12"),
        (b'{"input":\n "\\ud83d", "x": 1e999}', "infinity .* line 2, column 17"),
        (b'{"input": NaN}', "line 1, column 11"),
        (b"", "line 1, column 1"),
    ],
)
def test_a_refusal_names_the_place_and_quotes_nothing(text: bytes, words: str) -> None:
    with pytest.raises(NotJson, match=words) as caught:
        read_json(text)
    assert "caf" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [b'"%s"' % (rb"\ud83d" * 100_000), b'"%s' % (rb"\ud83d\n" * 100_000), rb"\ud8" * 200_000]
    + [b'["\\ud83d", ' + b"[" * 500_000, b'"\\ud83d' + b"\\" * 500_000],
)
def test_time_grows_with_the_length_only(text: bytes) -> None:
    started = time.process_time()
    verdict(text)
    assert time.process_time() - started < 3


def test_halves_of_pairs_have_a_limit_and_pairs_have_none() -> None:
    most = b'"%s%s"' % (rb"\ud83d\ude00" * 50_000, rb"\ud83d" * MAX_JSON_HALVES)
    assert len(read_json(most)) == 50_000 + MAX_JSON_HALVES
    with pytest.raises(NotJson, match="10,000 halves"):
        read_json(b"[%s]" % b",".join([rb'"\ud83d"'] * (MAX_JSON_HALVES + 1)))


def number_of_values(value: Any) -> int:
    """The value and all in it; one more for each empty list or object."""
    if not isinstance(value, list | dict):
        return 1
    items = value.values() if isinstance(value, dict) else value
    return 1 + max(1, sum(map(number_of_values, items)))


@given(value=JSON_VALUES, is_ascii=st.booleans())
def test_values_are_counted_and_what_strings_have_is_not(value: Any, is_ascii: bool) -> None:
    value = [value, '[{,"\\', ["\\", '"', ',"'], {"[,": "\\\\"}]
    text = json.dumps(value, ensure_ascii=is_ascii).encode("utf-8", "surrogatepass")
    assert count_values(text, 0) == number_of_values(value)
    assert count_values(text, len(text)) >= number_of_values(value)
