"""JSON and JSON Lines: an item can be read by itself."""

from __future__ import annotations

import pytest

from tests.handler.documents.samples import read, rejected


def text(content: str, name: str = "a.json") -> str:
    return read(content, name).text


def test_items_of_an_array_are_blocks() -> None:
    assert text('[{"name": "Ann", "age": 41}, {"name": "Bob"}, 3, null, []]') == (
        "name: Ann\nage: 41\n\nname: Bob\n\n3"
    )


def test_pairs_of_an_object_are_blocks() -> None:
    content = '{"title": "T", "by": {"name": "Ann", "of": ["X", "Y"]}, "parts": [{"a": 1}, [2]]}'
    assert text(content) == ("title: T\n\nby.name: Ann\nby.of: X, Y\n\nparts[0].a: 1\nparts[1]: 2")


def test_values_are_as_they_are_written() -> None:
    content = '{"a": 1.10, "b": 12345678901234567890123, "c": true, "d": 1e400, "e": "x\\ny"}'
    expected = "a: 1.10\n\nb: 12345678901234567890123\n\nc: true\n\nd: 1e400\n\ne: x\ny"
    assert text(content) == expected
    assert text("[" + "1" * 5_000 + "]") == "1" * 5_000
    assert text('"just text"') == "just text"


def test_a_name_that_occurs_twice_loses_nothing() -> None:
    assert text('{"a": 1, "a": 2}') == "a: 1\n\na: 2"


def test_what_no_text_may_hold_is_left_out() -> None:
    assert text('["a\\u0000b\\ud800c", "\\ud83d\\ude00"]') == "abc\n\n😀"


def test_lines() -> None:
    assert text('{"a": 1}\r\n\n{"a": [2, 3]}\n"x"', "a.jsonl") == "a: 1\n\na: 2, 3\n\nx"
    assert text('{"a": "\u2028"}\n{"a": "b"}', "a.jsonl") == "a: b"  # no end of a line in JSON


def test_a_bad_line_is_named_by_its_number() -> None:
    assert rejected('{"a": 1}\n\n{"a": secret}\n', "a.jsonl") == (
        "invalid_file: Line 3 of the JSON Lines file is not valid JSON: Expecting value at "
        "column 7."
    )


def test_bad_json_is_named_by_its_place() -> None:
    assert rejected('{"a": 1,\n "b": secret}', "a.json") == (
        "invalid_file: The JSON file is not valid JSON: Expecting value at line 2, column 7."
    )
    assert rejected('{"a": 1} {"a": 2}', "a.json") == (
        "invalid_file: The JSON file is not valid JSON: Extra data at line 1, column 10."
    )


@pytest.mark.parametrize("content", ["{}", "[]", "null", '[{"a": null}]', '""'])
def test_json_without_text(content: str) -> None:
    assert rejected(content, "a.json") == "invalid_file: The file has no text."


@pytest.mark.parametrize("depth", [250, 100_000])
@pytest.mark.parametrize(("begin", "end"), [("[", "]"), ('{"a":', "}")])
def test_json_that_is_nested_too_deeply_is_refused(begin: str, end: str, depth: int) -> None:
    content = begin * depth + "1" + end * depth
    assert rejected(content, "a.json") == (
        "invalid_file: The JSON file is nested deeper than 200 levels, the limit; make it flatter."
    )
    assert rejected(content, "a.jsonl") == (
        "invalid_file: Line 1 of the JSON Lines file is nested deeper than 200 levels, the limit; "
        "make it flatter."
    )
    assert "nested deeper" in rejected(content)
