"""Attributes: the user's metadata that a store can filter by, beside ours."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.limits import MAX_ATTRIBUTE_BYTES, MAX_ATTRIBUTES
from handler.stores.attributes import (
    LONGEST_PAGE,
    OURS,
    Attribute,
    describe,
    filename,
    merge_attributes,
    read_attributes,
)

OUR = describe("s3://bucket/a/b.pdf", "application/pdf", 1_700_000_000.9)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("animals", "animals"),
        ("2024", 2024),
        ("-1.50", -1.5),
        ("true", True),
        ("false", False),
        ("True", "True"),
        ("007", "007"),  # JSON has no such number
        ("1e5", "1e5"),
        ("12345678901234567890", "12345678901234567890"),  # more digits than a float holds
        ("NaN", "NaN"),
        ("", ""),
    ],
)
def test_a_value_that_json_reads_as_a_number_or_boolean_becomes_one(
    text: str, value: Attribute
) -> None:
    (read,) = read_attributes({"key": text}, OUR).values()
    assert (read, type(read)) == (value, type(value))


def test_our_attributes_describe_the_source() -> None:
    assert OUR == {
        "source": "s3://bucket/a/b.pdf",
        "filename": "b.pdf",
        "content_type": "application/pdf",
        "modified": 1_700_000_000,
    }
    assert "content_type" not in describe("s3://b/k", None, 0)


@pytest.mark.parametrize("metadata", [{name: "mine"} for name in OURS])
def test_users_cannot_set_our_attributes(metadata: dict[str, str]) -> None:
    assert read_attributes(metadata, OUR) == {}


def test_attributes_over_a_limit_are_dropped_and_the_rest_is_kept() -> None:
    many = {f"key-{number:02}": "x" for number in range(20)}
    assert [*read_attributes(many, OUR)] == sorted(many)[:MAX_ATTRIBUTES]
    assert read_attributes({"k" * 64: "x", "long": "x" * 513, "fine": "x"}, OUR) == {"fine": "x"}


@given(
    st.dictionaries(st.text(max_size=80), st.text(max_size=600), max_size=20),
    st.text(max_size=1_024),
)
def test_any_attributes_together_fit_what_a_store_takes(metadata: dict[str, str], key: str) -> None:
    clean = {
        name.encode("utf-8", "replace").decode(): text.encode("utf-8", "replace").decode()
        for name, text in metadata.items()
    }
    key = key.encode("utf-8", "replace")[:512].decode("utf-8", "ignore")
    ours = describe(f"s3://{'b' * 63}/{key}", "text/plain", 1e10)
    together = {**read_attributes(clean, ours), **ours, "page": LONGEST_PAGE}
    if len(orjson.dumps({**ours, "page": LONGEST_PAGE})) < MAX_ATTRIBUTE_BYTES:
        assert len(orjson.dumps(together)) <= MAX_ATTRIBUTE_BYTES


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("s3://bucket/a/b.pdf", "b.pdf"),
        ("s3://bucket/b%20c.pdf", "b%20c.pdf"),  # a key is not encoded
        ("file:///home/me/b%20c.pdf", "b c.pdf"),  # a file's URI is
        ("file:///home/me/caf%E9.txt", "caf\N{REPLACEMENT CHARACTER}.txt"),
        ("s3://bucket/folder/", "folder"),
        ("s3://bucket/" + "é" * 200, "é" * 127),  # at most 255 bytes, and no half character
    ],
)
def test_a_filename_is_the_last_part_of_the_source(source: str, name: str) -> None:
    assert filename(source) == name


def test_what_a_document_states_stands_beside_the_users_attributes() -> None:
    merged = merge_attributes({"team": "a"}, {"team": "b", "tags": "x, y", "source": "z"}, OUR)
    assert merged == {"team": "a", "tags": "x, y"}


def test_stated_attributes_take_only_the_room_that_is_left() -> None:
    users: dict[str, Attribute] = {f"u{number}": "x" * 150 for number in range(10)}
    stated: dict[str, Attribute] = {f"s{number}": "y" * 100 for number in range(10)}
    merged = merge_attributes(users, stated, OUR)
    assert merged.items() >= users.items()
    assert len(merged) <= MAX_ATTRIBUTES
    assert len(orjson.dumps({**OUR, **merged, "page": LONGEST_PAGE})) <= MAX_ATTRIBUTE_BYTES
