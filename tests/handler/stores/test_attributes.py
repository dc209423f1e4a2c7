"""Attributes: the user's metadata that a store can filter by, beside ours."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.limits import (
    MAX_ATTRIBUTE_BYTES,
    MAX_ATTRIBUTE_KEY,
    MAX_ATTRIBUTES,
    MAX_WARNING,
)
from handler.stores.attributes import (
    LONGEST_PAGE,
    NOT_FILTERABLE,
    OURS,
    Attribute,
    describe,
    filename,
    has_cut_key,
    merge_attributes,
    read_attributes,
    read_date,
    read_number,
    shown_attributes,
    stored_key,
    to_metadata,
    users_attributes,
    warn_left_out,
)

OUR = describe("s3://bucket/a/b.pdf", "application/pdf", 1_700_000_000.9)


@pytest.mark.parametrize("text", ["1.10", "01234", "true", "-1.50", "", " x ", "2026-11-29", "é"])
def test_a_value_keeps_the_text_that_was_stored(text: str) -> None:
    assert read_attributes({"key": text}, OUR) == {"key": text}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2024", 2024),
        ("-1.50", -1.5),
        ("0.10", 0.1),
        ("007", None),  # JSON has no such number
        ("1e5", None),
        ("1.", None),
        ("٣", None),
        ("123456789012345", 123456789012345),
        ("1234567890123456", None),  # more digits than a double surely keeps
        ("0.123456789012345", None),
        ("NaN", None),
        ("", None),
    ],
)
def test_a_text_that_json_reads_as_a_number_is_one_too(text: str, number: float | None) -> None:
    assert read_number(text) == number
    assert to_metadata({"key": text}, {}).get(":key") == number


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("2026-11", 20261100000000),
        ("2026-11-29", 20261129000000),
        ("2026-11-29T10:15", 20261129101500),
        ("2026-11-29T10:15:30.25Z", 20261129101530),
        ("2026-11-29T10:15:30+01:00", 20261129101530),
        ("2026-11-29 10:15", 20261129000000),  # a blank comes before T: only the day is certain
        ("2026-11-29T10:15Z", None),  # comes after 10:15:30, as text
        ("2026", None),
        ("20261129", None),
        ("today", None),
    ],
)
def test_a_text_that_is_a_date_has_a_number(text: str, digits: int | None) -> None:
    assert read_date(text) == digits
    assert to_metadata({"key": text}, {}).get("::key") == digits


def test_keys_are_in_lower_case_and_texts_in_one_form_of_unicode() -> None:
    read = read_attributes({"Team": "Zu\u0308rich", "E\u0301tat": "x"}, OUR)
    assert read == {"team": "Zürich", "état": "x"}


def test_our_attributes_describe_the_source() -> None:
    assert OUR == {
        "source": "s3://bucket/a/b.pdf",
        "filename": "b.pdf",
        "content_type": "application/pdf",
        "modified": 1_700_000_000,
    }
    assert "content_type" not in describe("s3://b/k", None, 0)


@pytest.mark.parametrize(
    "name", [*OURS, *NOT_FILTERABLE, "x-amz-meta-source", ":key", "::key", "$key"]
)
def test_a_users_attribute_with_one_of_our_names_is_kept_beside_ours(name: str) -> None:
    users = read_attributes({name: "mine"}, OUR)
    metadata = to_metadata(users, OUR)
    assert users == {name: "mine"}
    assert metadata == {**OUR, f"x-amz-meta-{name}": "mine"}
    assert shown_attributes(metadata) == {**OUR, name: "mine"}


def test_attributes_over_a_limit_are_left_out_and_the_rest_is_kept() -> None:
    many = {f"key-{number:02}": "x" for number in range(20)}
    assert [*read_attributes(many, OUR)] == sorted(many)[:MAX_ATTRIBUTES]
    over = {"k" * 64: "x", "long": "x" * 513, "k" * 63: "2026", "fine": "x", "": "x"}
    assert read_attributes(over, OUR) == {"fine": "x"}


@given(st.lists(st.text(min_size=1, max_size=64), min_size=1, max_size=16, unique=True))
def test_the_keys_of_uploaded_files_are_stored_whole_or_with_a_hash(keys: list[str]) -> None:
    """S3 Vectors takes 63 characters of a key, and a number has a copy under a longer one."""
    users: dict[str, Attribute] = {key.encode("utf-8", "replace").decode(): "2026" for key in keys}
    stored = to_metadata(users, OUR)
    assert all(len(key) <= MAX_ATTRIBUTE_KEY for key in stored)
    assert len(stored) == 2 * len(users) + len(OUR)
    if not has_cut_key(stored):
        assert users_attributes(stored) == users


def test_a_key_of_64_characters_is_known_to_be_cut() -> None:
    stored = to_metadata({"K" * 64: "x"}, OUR)
    assert has_cut_key(stored)
    assert not has_cut_key(to_metadata({"K" * 61: "x"}, OUR))
    assert stored_key("K" * 64) in stored
    assert stored_key("K" * 63 + "k") not in stored


def test_what_is_left_out_is_named_in_a_warning() -> None:
    many = {f"Key-{number:02}": "x" for number in range(24)}
    kept = read_attributes(many, OUR)
    warning = warn_left_out(many, kept)
    assert warning is not None
    assert warning.endswith("key-16, key-17, key-18, key-19, key-20 and 3 more.")
    assert len(warning) < MAX_WARNING
    assert warn_left_out(kept, kept) is None


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
    together = {**to_metadata(read_attributes(clean, ours), ours), "page": LONGEST_PAGE}
    if len(orjson.dumps({**to_metadata({}, ours), "page": LONGEST_PAGE})) < MAX_ATTRIBUTE_BYTES:
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
    merged = merge_attributes({"team": "a"}, {"Team": "b", "tags": "x, y", "source": "z"}, OUR)
    assert merged == {"team": "a", "tags": "x, y", "source": "z"}


def test_stated_attributes_take_only_the_room_that_is_left() -> None:
    users: dict[str, Attribute] = {f"u{number}": "x" * 150 for number in range(10)}
    stated: dict[str, Attribute] = {f"s{number}": "y" * 100 for number in range(10)}
    merged = merge_attributes(users, stated, OUR)
    assert merged.items() >= users.items()
    assert len(merged) <= MAX_ATTRIBUTES
    assert len(orjson.dumps({**OUR, **merged, "page": LONGEST_PAGE})) <= MAX_ATTRIBUTE_BYTES
