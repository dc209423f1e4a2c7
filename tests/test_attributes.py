"""What searches filter by: our attributes of a document, and the user's."""

from __future__ import annotations

import orjson
import pytest

from handler.attributes import (
    MAX_ATTRIBUTES,
    MAX_BYTES,
    MAX_KEY,
    MAX_VALUE,
    Attribute,
    describe,
    filename,
    read_attributes,
)

OURS = describe("s3://bucket/a.md", "text/markdown", 1_700_000_000.9)


def test_a_document_is_described_by_its_source() -> None:
    assert OURS == {
        "source": "s3://bucket/a.md",
        "filename": "a.md",
        "content_type": "text/markdown",
        "modified": 1_700_000_000,
    }
    assert "content_type" not in describe("s3://bucket/a", None, 0)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("s3://bucket/reports/Q3 2026.pdf", "Q3 2026.pdf"),
        ("s3://bucket/a%20b", "a%20b"),  # a key is what it is
        ("file:///home/me/a%20b.txt", "a b.txt"),
        ("file:///home/me/caf%E9.txt", "caf\N{REPLACEMENT CHARACTER}.txt"),
        ("s3://bucket/folder/", "folder"),
        ("s3://bucket/" + "é" * 200, "é" * 127),
    ],
)
def test_the_filename_is_the_last_part_of_the_source(source: str, name: str) -> None:
    assert filename(source) == name


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5),
        ("-0.25", -0.25),
        ("true", True),
        ("false", False),
        ("True", "True"),
        ("007", "007"),  # a number would lose the zeros
        ("1e3", "1e3"),
        ("9" * 16, "9" * 16),  # a float would lose digits
        ("2026-11-24", "2026-11-24"),
        ("", ""),
    ],
)
def test_a_value_that_is_a_number_or_a_truth_value_is_one(text: str, value: Attribute) -> None:
    read = read_attributes({"key": text}, OURS)["key"]
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("key", "text", "is_kept"),
    [
        ("k" * MAX_KEY, "x", True),
        ("k" * (MAX_KEY + 1), "x", False),
        ("k", "x" * MAX_VALUE, True),
        ("k", "x" * (MAX_VALUE + 1), False),
        ("source", "mine", False),
    ],
)
def test_what_is_over_a_limit_or_ours_is_left_out(key: str, text: str, is_kept: bool) -> None:
    assert (key in read_attributes({key: text, "other": "y"}, OURS)) is is_kept
    assert "other" in read_attributes({key: text, "other": "y"}, OURS)


def test_so_many_attributes_and_bytes_are_kept_and_always_the_same() -> None:
    many = {f"key-{number:02}": "x" for number in range(20)}
    assert list(read_attributes(many, OURS)) == sorted(many)[:MAX_ATTRIBUTES]
    assert read_attributes(dict(reversed(many.items())), OURS) == read_attributes(many, OURS)
    large = {f"key-{number}": "x" * MAX_VALUE for number in range(9)}
    kept = read_attributes(large, OURS)
    assert 1 <= len(kept) < len(large)
    assert len(orjson.dumps({**OURS, **kept, "page": 1})) <= MAX_BYTES
