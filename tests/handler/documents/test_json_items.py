"""Each item of JSON and JSON Lines becomes text that makes sense on its own."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    assert rejected('{"a": 1} x', "a.json") == (
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


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a", "a.geojson"])
def test_json_lines_are_read_under_any_name(name: str) -> None:
    assert text('{"a":1,"t":"one"}\n{"a":2,"t":"two"}\n', name) == "a: 1\nt: one\n\na: 2\nt: two"
    assert text('\ufeff{"a": 1}\n{"a": 2}', name) == "a: 1\n\na: 2"


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_objects_that_follow_each_other_are_read_as_lines_are(name: str) -> None:
    assert text('{"a": 1}{"a": 2} {"a": 3}', name) == "a: 1\n\na: 2\n\na: 3"
    assert text('{\n "a": 1\n}\n{\n "a": 2\n}\n', name) == "a: 1\n\na: 2"
    assert text('{"a": 1}\n{\n "a": 2\n}\n', name) == "a: 1\n\na: 2"


def test_json_named_json_lines_is_read() -> None:
    assert text('{\n "a": 1,\n "b": [2]\n}\n', "a.jsonl") == "a: 1\n\nb: 2"


def test_a_null_in_a_list_keeps_its_place() -> None:
    rows = '[["city", "y1", "y2"], ["Lyon", null, 17], ["Graz", 12, null], [null, "", 3]]'
    assert text(rows) == "city, y1, y2\n\nLyon, , 17\n\nGraz, 12\n\n, , 3"
    assert text('{"a": {"row": ["Lyon", null, 17], "none": null, "b": [null]}}') == (
        "a.row: Lyon, , 17"
    )


@pytest.mark.parametrize(
    "cut", ['{"a":3,"b":"cut o', '{"a":3,', '{"a', '{"a": tru', '{"a": "x\\u00', '{"a": [1, 2']
)
def test_a_last_line_that_is_cut_is_left_out_and_told(cut: str) -> None:
    document = read(f'{{"a":1}}\n{{"a":2}}\n{cut}', "a.jsonl")
    assert document.text == "a: 1\n\na: 2"
    assert document.warnings == ("The last line, 3, is cut off and was left out.",)


def test_a_bad_line_of_many_is_left_out_and_told() -> None:
    lines = ['{"a": 1}'] * 30
    lines[4] = lines[7] = "secret, not JSON"
    document = read("\n".join(lines), "a.jsonl")
    assert document.text.count("a: 1") == 28
    assert document.warnings == (
        "2 lines are not valid JSON and were left out: the first is line 5.",
    )
    lines[7] = lines[0]
    assert read("\n".join(lines), "a.json").warnings == (
        "1 line is not valid JSON and was left out: line 5.",
    )


def test_too_many_bad_lines_refuse_the_file_with_the_first() -> None:
    lines = ['{"a": 1}'] * 8 + ["no"] * 2
    assert "Line 9 of the JSON Lines file is not valid JSON" in rejected(
        "\n".join(lines), "a.jsonl"
    )
    assert "Line 1 of the JSON Lines file ends early" in rejected('{"a": 1', "a.jsonl")


def test_numbers_that_json_does_not_have_are_kept_as_written() -> None:
    assert text("[NaN, -Infinity, 1E5, -0.0]") == "NaN\n\n-Infinity\n\n1E5\n\n-0.0"


def test_an_empty_file_has_no_text() -> None:
    assert rejected(" \n", "a.json") == "invalid_file: The file has no text."
    assert rejected(" \n", "a.jsonl") == "invalid_file: The file has no text."


def test_any_json_is_read_and_every_value_is_in_the_text() -> None:
    value = {"a": [{"b": "x y"}, [1, {"c": "ß"}]], "d e": {"": "z"}}
    written = text(json.dumps(value))
    assert all(part in written for part in ("x y", "1", "ß", "z"))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("ab c", max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("kl"), inner, max_size=4),
    max_leaves=20,
)


@given(st.lists(st.fixed_dictionaries({"id": st.integers(), "v": VALUES}), min_size=1, max_size=5))
def test_lines_and_a_list_of_the_same_items_give_the_same_text(items: list[object]) -> None:
    lines = "\n".join(map(json.dumps, items))
    assert (
        text(lines, "a.jsonl")
        == text(json.dumps(items))
        == text(lines, "a.json" if len(items) > 1 else "a.jsonl")
    )
