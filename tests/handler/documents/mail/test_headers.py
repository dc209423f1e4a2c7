"""Headers: encoded words in any character set, odd dates, and what is only nearly right."""

from __future__ import annotations

from email import message_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.documents.mail.headers import date, header


def parsed(line: bytes) -> str:
    return header(message_from_bytes(line + b"\n\n"), "subject")


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (b"Subject: =?iso-8859-1?Q?Caf=E9_au_lait?=", "Café au lait"),
        (b"Subject: =?utf-8?B?R3LDvA==?= =?utf-8?B?w59l?=", "Grüße"),
        (b"Subject: =?utf-8?B?R3LD?=\n =?utf-8?B?vMOfZQ==?=", "Grüße"),
        (b"Subject: Re: =?utf-8?Q?a?= b", "Re: a b"),
        (b"Subject: =?utf-8*en?Q?a?=", "a"),
        (b"Subject: =?utf-8?B?!?=", ""),
        (b"Subject: =?no-such-set?Q?=E9?=", "=?no-such-set?Q?=E9?="),
        ("Subject: Grüße".encode(), "Grüße"),
        (b"Subject: one\n two", "one two"),
        (b"X: y", ""),
    ],
)
def test_a_header_is_decoded(line: bytes, text: str) -> None:
    assert parsed(line) == text


@given(st.binary(max_size=200))
def test_any_bytes_give_a_header(value: bytes) -> None:
    assert parsed(b"Subject: " + value.replace(b"\n", b"").replace(b"\r", b"")) is not None


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (b"Fri, 31 May 2024 09:30:00 +0200", "2024-05-31 09:30"),
        (b"yesterday", "yesterday"),
        (b"Fri, 99 May 2024 09:30:00 +0200", "Fri, 99 May 2024 09:30:00 +0200"),
        (b"", ""),
    ],
)
def test_a_date_is_an_iso_date(written: bytes, shown: str) -> None:
    assert date(message_from_bytes(b"Date: " + written + b"\n\n")) == shown


def test_a_very_long_header_is_cut() -> None:
    assert len(parsed(b"Subject: " + b"a" * 100_000)) == 2_000
