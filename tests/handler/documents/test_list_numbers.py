"""Numbers are written as Word writes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.documents.list_numbers import DIGITS, ENCLOSED, SERIES, WRITERS, written


@pytest.mark.parametrize(
    ("format", "number", "text"),
    [
        ("decimal", 12, "12"),
        ("decimalZero", 7, "07"),
        ("decimalZero", 0, "00"),
        ("upperRoman", 1994, "MCMXCIV"),
        ("lowerRoman", 4, "iv"),
        ("lowerRoman", 5_000, "5000"),
        ("lowerLetter", 26, "z"),
        ("upperLetter", 28, "BB"),
        ("ordinal", 11, "11th"),
        ("ordinal", 22, "22nd"),
        ("cardinalText", 42, "Forty-two"),
        ("ordinalText", 21, "Twenty-first"),
        ("ordinalText", 30, "Thirtieth"),
        ("hex", 255, "FF"),
        ("numberInDash", 3, "- 3 -"),
        ("chicago", 5, "**"),
        ("decimalEnclosedCircle", 3, "③"),
        ("decimalEnclosedCircle", 21, "21"),
        ("chineseCounting", 12, "十二"),
        ("japaneseCounting", 20, "二十"),
        ("chineseCountingThousand", 105, "一百〇五"),
        ("ideographDigital", 10, "一〇"),
        ("ideographTraditional", 3, "丙"),
        ("ganada", 2, "나"),
        ("russianLower", 3, "в"),
        ("none", 3, ""),
        ("bullet", 3, ""),
        ("unheard-of", 3, "3"),
        ("lowerLetter", 0, "0"),
    ],
)
def test_a_number_is_written_in_its_format(format: str, number: int, text: str) -> None:
    assert written(number, format) == text


@given(st.sampled_from(sorted({*SERIES, *DIGITS, *ENCLOSED, *WRITERS})), st.integers(-9, 10**10))
def test_any_number_has_a_short_text(format: str, number: int) -> None:
    assert 0 < len(written(number, format)) <= 40
