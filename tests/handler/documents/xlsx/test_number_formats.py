"""Numbers are read as their format shows them, without losing a digit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.documents.xlsx.number_formats import kind_of, number_text


@pytest.mark.parametrize(
    ("code", "value", "text"),
    [
        ("General", 42, "42"),
        ("0", 42, "42"),
        ("00000", 42, "00042"),
        ("00000", 123456, "123456"),
        ("00000", -42, "-00042"),
        ("00000", 0.5, "0.5"),
        ('"INV-"0000', 7, "INV-0007"),
        ("000-00-0000", 12345678, "012-34-5678"),
        (r"000\-00\-0000", 12345678, "012-34-5678"),
        ("0.00", 42, "42.00"),
        ("#,##0.00", 1234.5, "1234.50"),
        ("0.0", 3.14159, "3.14159"),
        ('#,##0.00\\ "€"', 1234.5, "1234.50 €"),
        ("#,##0.00 €;[Red]-#,##0.00 €", -1234.5, "-1234.50 €"),
        ('"$"#,##0.00', 1234.5, "$1234.50"),
        ('"$"#,##0.00_);("$"#,##0.00)', -5, "-$5.00"),
        ("[$€-407]\\ #,##0", 5, "€ 5"),
        ("[$CHF-807] #,##0.00", 5, "CHF 5.00"),
        ('_-* #,##0.00\\ "€"_-;\\-* #,##0.00\\ "€"_-', 5, "5.00 €"),
        ('0.0" kg"', 12, "12.0 kg"),
        ('General" m²"', 12.25, "12.25 m²"),
        ("0%", 0.25, "25%"),
        ("0.0%", 0.25, "25.0%"),
        ("0.00%", 0.12345, "12.345%"),
        ('0.0,,"M"', 1_500_000, "1.5M"),
        ("#,##0,", 1_500_000, "1500000"),
        ("0.00E+00", 1234.5, "1234.5"),
        ("# ?/?", 1.5, "1.5"),
        ("[<=9999999]###-####;(###) ###-####", 5551234, "5551234"),
        ("(###) ###-####", 5551234567, "5551234567"),
        ("@", 42, "42"),
        ("", 42, "42"),
        ("dd.mm.yyyy", 45443, "2024-05-31"),
        ('0.00 "days;"', 2, "2.00 days;"),
    ],
)
def test_a_number_is_read_as_its_format_shows_it(code: str, value: float, text: str) -> None:
    assert number_text(value, kind_of(code)) == text


@given(st.text('0#?.,%;$€-_*\\"[]<aEy/ ', max_size=20), st.floats(-1e12, 1e12))
def test_any_code_shows_something(code: str, value: float) -> None:
    assert number_text(value, kind_of(code))
