"""Encoded words of S3's headers are decoded; malformed ones stay as they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.ingestion.sources.rfc2047 import decode_words


@pytest.mark.parametrize(
    ("text", "decoded"),
    [
        ("=?UTF-8?Q?Z=C3=BCrich?=", "Zürich"),
        ("=?utf-8?b?WsO8cmljaA==?=", "Zürich"),
        ("=?ISO-8859-1?q?caf=E9_noir?=", "café noir"),
        ("=?UTF-8*de?Q?=C3=BC?=", "ü"),  # with a language (RFC 2231)
        ("in =?UTF-8?Q?Z=C3=BCrich?= today", "in Zürich today"),
        ("=?UTF-8?Q?Z=C3=BC?= \t=?UTF-8?Q?rich?=", "Zürich"),
        ("=?UTF-8?Q?Z=C3?= =?utf-8?Q?=BCrich?=", "Zürich"),  # a character in two words
        ("=?UTF-8?Q?=C3=BC?= =?ISO-8859-1?Q?=FC?=", "üü"),
        ("=?UTF-8?Q?100%25_sure?=", "100%25 sure"),
        ("=?UTF-8?Q??=", ""),
    ],
)
def test_encoded_words_are_decoded(text: str, decoded: str) -> None:
    assert decode_words(text) == decoded


@pytest.mark.parametrize(
    "text",
    [
        "plain, 100 % =5 _x_",
        "=?UTF-8?Q?Z=C?=",  # half a byte
        "=?UTF-8?Q?=FF?=",  # not UTF-8
        "=?UTF-8?B?w6k?=",  # without its padding
        "=?UTF-8?X?a?=",
        "=?no-such-charset?Q?a?=",
        "=?hex?Q?6869?=",  # Python's, and no charset
        "=?unicode_escape?Q?=5Cud800?=",  # half an emoji
        "=?UTF-8?Q?a",
        "=?UTF-8?Q?two words?=",
    ],
)
def test_what_is_malformed_stays_as_it_is(text: str) -> None:
    assert decode_words(text) == text
    assert decode_words(f"{text} =?UTF-8?Q?=C3=BC?=").endswith("ü")


@given(st.text())
def test_any_text_can_be_stored_afterwards(text: str) -> None:
    text = text.encode(errors="replace").decode()
    decoded = decode_words(text)
    assert decoded.encode().decode() == decoded
    if "=?" not in text:
        assert decoded == text
