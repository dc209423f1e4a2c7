"""Embedded files are left out of a text and counted; everything else stays as it is."""

from __future__ import annotations

import base64
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.documents.base64_blobs import Base64Blobs

BYTES = random.Random(1).randbytes(3_000)
PAYLOAD = base64.b64encode(BYTES).decode()


def left_out(text: str) -> tuple[str, str | None]:
    """The text without blobs, and the warning."""
    blobs = Base64Blobs()
    return blobs.leave_out(text), blobs.warning


@pytest.mark.parametrize(
    "uri",
    [
        f"data:image/png;base64,{PAYLOAD}",
        f"data:image/svg+xml;charset=utf-8;base64,{PAYLOAD}",
        f"DATA:IMAGE/PNG;BASE64,{PAYLOAD}",
        f"data:;base64, {PAYLOAD}",
        "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP8%3D",
        "data:image/svg+xml;utf8,%3Csvg%20xmlns%3D%22x%22%3E%3C/svg%3E",
    ],
)
def test_data_uris_are_left_out(uri: str) -> None:
    text, warning = left_out(f"before ({uri}) after")
    assert text == "before () after"
    assert warning == f"1 embedded file (base64, {len(uri):,} characters) was left out."


def test_long_runs_are_left_out() -> None:
    assert left_out(f"key: {PAYLOAD}, end")[0] == "key: , end"
    assert left_out(base64.urlsafe_b64encode(BYTES).decode())[0] == ""
    zeros = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(300)).decode()
    assert left_out(zeros)[0] == ""


@pytest.mark.parametrize("width", [60, 64, 76])
def test_wrapped_lines_are_left_out(width: int) -> None:
    lines = "\n".join(PAYLOAD[at : at + width] for at in range(0, 1_000, width))
    text, warning = left_out(f"Certificate:\n{lines}\n-----END-----")
    assert text.split() == ["Certificate:", "-----END-----"]
    assert warning
    assert warning.startswith("1 embedded file")


def test_several_blobs_are_counted_together() -> None:
    blobs = Base64Blobs()
    blobs.leave_out(f"a {PAYLOAD} b {PAYLOAD}")
    blobs.leave_out(f"data:a/b;base64,{PAYLOAD}")
    assert blobs.warning == "3 embedded files (base64, 12,016 characters) were left out."


@pytest.mark.parametrize(
    "text",
    [
        "data:text/plain;base64,SGVsbG8=",  # an example in a manual
        "the data: a, b; data:image/png;base64,… is a prefix",
        "0af3" * 100,  # a hash
        "ACGT" * 100,
        "\n".join(["GATTACA" * 10] * 9),
        "1234567890" * 50,
        "documents/reports/" * 20,
        "AnVeryLongNameOfAClass" * 20,
        "图书馆开放" * 100,
        PAYLOAD[:190],
        "\n".join(["0123456789abcdef" * 4] * 9),
    ],
)
def test_text_that_is_no_blob_stays(text: str) -> None:
    assert left_out(text) == (text, None)


@pytest.mark.parametrize(
    "text",
    [
        "a" * 300_000,
        ("a" * 199 + " ") * 3_000,
        "data:image/png;" * 20_000,
        "data:;a=b" * 30_000,
        ("A" * 60 + "\n") * 5_000,
        ("aB1" * 20 + "\nx\n") * 5_000,
    ],
)
def test_hostile_texts_take_no_longer_than_others(text: str) -> None:
    assert left_out(text) == (text, None)


@given(st.text(), st.binary(min_size=300, max_size=500), st.text())
def test_what_is_around_a_data_uri_stays(before: str, content: bytes, after: str) -> None:
    uri = f"data:image/png;base64,{base64.b64encode(content).decode()}"
    assert left_out(f"{before}({uri}){after}")[0] == f"{before}(){after}"


def test_a_text_that_is_an_svg_picture_is_left_out_whole() -> None:
    blobs = Base64Blobs()
    assert blobs.leave_out("data:image/svg+xml,%3Csvg xmlns='http://w.example' d=\"a\"/%3E") == ""
    assert blobs.warning
    hostile = "(data:image/svg+xml,%() " * 20_000
    assert len(blobs.leave_out(hostile)) <= len(hostile)
