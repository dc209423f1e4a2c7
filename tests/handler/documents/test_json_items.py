"""Each item of JSON and JSON Lines becomes text that makes sense on its own."""

from __future__ import annotations

import pytest

from tests.handler.documents.samples import read, rejected


def text(content: str, name: str = "a.json") -> str:
    return read(content, name).text


def test_each_item_of_an_array_is_a_block() -> None:
    assert text('[{"name": "Ann", "age": 41}, {"name": "Bob"}, 3, null, []]') == (
        "name: Ann\nage: 41\n\nname: Bob\n\n3"
    )


def test_each_pair_of_an_object_is_a_block() -> None:
    content = '{"title": "T", "by": {"name": "Ann", "of": ["X", "Y"]}, "parts": [{"a": 1}, [2]]}'
    assert text(content) == ("title: T\n\nby.name: Ann\nby.of: X, Y\n\nparts[0].a: 1\nparts[1]: 2")


def test_values_are_kept_as_written() -> None:
    content = '{"a": 1.10, "b": 12345678901234567890123, "c": true, "d": 1e400, "e": "x\\ny"}'
    expected = "a: 1.10\n\nb: 12345678901234567890123\n\nc: true\n\nd: 1e400\n\ne: x\ny"
    assert text(content) == expected
    assert text("[" + "1" * 5_000 + "]") == "1" * 5_000
    assert text('"just text"') == "just text"


def test_pairs_with_the_same_name_are_all_kept() -> None:
    assert text('{"a": 1, "a": 2}') == "a: 1\n\na: 2"


def test_unusable_characters_are_left_out() -> None:
    assert text('["a\\u0000b\\ud800c", "\\ud83d\\ude00"]') == "abc\n\n😀"


def test_each_line_of_json_lines_is_a_block() -> None:
    assert text('{"a": 1}\r\n\n{"a": [2, 3]}\n"x"', "a.jsonl") == "a: 1\n\na: 2, 3\n\nx"
    assert text('{"a": "\u2028"}\n{"a": "b"}', "a.jsonl") == "a: b"  # not a line end in JSON


def test_an_invalid_line_is_named_by_its_number() -> None:
    assert rejected('{"a": 1}\n\n{"a": secret}\n', "a.jsonl") == (
        "invalid_file: Line 3 of the JSON Lines file is not valid JSON: Expecting value at "
        "column 7."
    )


def test_invalid_json_is_named_by_its_position() -> None:
    assert rejected('{"a": 1,\n "b": secret}', "a.json") == (
        "invalid_file: The JSON file is not valid JSON: Expecting value at line 2, column 7."
    )
    assert rejected('{"a": 1} {"a": 2}', "a.json") == (
        "invalid_file: The JSON file is not valid JSON: Extra data at line 1, column 10."
    )


@pytest.mark.parametrize("content", ["{}", "[]", "null", '[{"a": null}]', '""'])
def test_json_without_text_is_refused(content: str) -> None:
    assert rejected(content, "a.json") == "invalid_file: The file has no text."


@pytest.mark.parametrize("depth", [250, 100_000])
@pytest.mark.parametrize(("begin", "end"), [("[", "]"), ('{"a":', "}")])
def test_too_deeply_nested_json_is_refused(begin: str, end: str, depth: int) -> None:
    content = begin * depth + "1" + end * depth
    assert rejected(content, "a.json") == (
        "invalid_file: The JSON file is nested deeper than 200 levels, the limit; make it flatter."
    )
    assert rejected(content, "a.jsonl") == (
        "invalid_file: Line 1 of the JSON Lines file is nested deeper than 200 levels, the limit; "
        "make it flatter."
    )
    assert "nested deeper" in rejected(content)
