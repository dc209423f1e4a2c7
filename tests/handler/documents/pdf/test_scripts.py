"""Raised and lowered text stays on its line and never makes another number or word of it."""

from __future__ import annotations

import pytest

from tests.handler.documents.pdf.samples import drawn
from tests.handler.documents.samples import read

BASE = "0 Ts /F1 12 Tf"


def text_of(shown: str) -> str:
    """The text of one line, drawn by the operators `shown`, above another line."""
    content = f"BT 50 750 Td /F1 12 Tf {shown} ET\nBT /F1 12 Tf 50 700 Td (Next) Tj ET"
    line, _, after = read(drawn(content)).text.rpartition("\n")
    assert after == "Next"
    return line


@pytest.mark.parametrize("rise", [2, 4, 5, 7, 9])
def test_an_exponent_at_any_height_is_raised(rise: int) -> None:
    shown = f"(10) Tj {rise} Ts /F1 8 Tf (6) Tj {BASE} ( cells) Tj"
    assert text_of(shown) == "10⁶ cells"


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (f"(see) Tj 4 Ts /F1 8 Tf (12) Tj {BASE} (.) Tj", "see¹²."),
        (f"(10) Tj 4 Ts /F1 8 Tf (-) Tj (6) Tj {BASE} ( m) Tj", "10⁻⁶ m"),
        (f"(10) Tj 4 Ts (6) Tj {BASE} ( cells) Tj", "10⁶ cells"),
        (f"(H) Tj -3 Ts /F1 8 Tf (2) Tj {BASE} (O) Tj", "H₂O"),
        (f"(T) Tj -2 Ts /F1 8 Tf (max) Tj {BASE} ( is) Tj", "T_max is"),
        (f"(5) Tj 4 Ts /F1 8 Tf (th) Tj {BASE} ( day) Tj", "5th day"),
        (f"4 Ts /F1 8 Tf (1) Tj {BASE} (2012 was) Tj", "¹2012 was"),
        (f"7 Ts /F1 8 Tf (14) Tj {BASE} (C dating) Tj", "¹⁴C dating"),
        (f"(10) Tj 4 Ts /F1 8 Tf (6 of all) Tj {BASE} ( cells) Tj", "10 6 of all cells"),
        ("/F1 24 Tf (4) Tj 10 Ts /F1 12 Tf (99) Tj", "4⁹⁹"),
        ("/F1 24 Tf (4) Tj 14 Ts /F1 12 Tf (99) Tj", "4⁹⁹"),
    ],
)
def test_raised_and_lowered_text_is_told_from_its_line(shown: str, text: str) -> None:
    assert text_of(shown) == text


def test_an_index_below_an_exponent_stays_on_the_line() -> None:
    shown = (
        "(x) Tj 4 Ts /F1 8 Tf (2) Tj -2 Ts 1 0 0 1 56 750 Tm (1) Tj "
        f"{BASE} 1 0 0 1 64 750 Tm (+ y) Tj"
    )
    assert text_of(shown) == "x²₁ + y"


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (f"(12) Tj 0.5 Ts (34) Tj {BASE} (5) Tj", "12345"),
        (f"(H) Tj /F1 9 Tf (ELLO) Tj {BASE} ( there) Tj", "HELLO there"),
        ("/F1 24 Tf (T) Tj 11 Ts /F1 12 Tf (his) Tj ( is) Tj", "This is"),
        (f"(L) Tj 3 Ts /F1 8 Tf (A) Tj {BASE} (TEX) Tj", "LATEX"),
        (f"(Rate) Tj 4 Ts /F1 8 Tf (*) Tj {BASE} ( 6%) Tj", "Rate* 6%"),
    ],
)
def test_small_moves_capitals_and_initials_are_no_scripts(shown: str, text: str) -> None:
    assert text_of(shown) == text


def test_a_script_is_in_its_own_cell() -> None:
    shown = "".join(
        f"1 0 0 1 {x} 750 Tm {BASE} (x) Tj -2 Ts /F1 8 Tf ({n}) Tj " for n, x in enumerate((50, 90))
    )
    assert text_of(shown) == "x₀ x₁"


def test_a_bold_exponent_that_is_drawn_twice_is_read_once() -> None:
    power = f"{BASE} (10) Tj 4 Ts /F1 8 Tf (6) Tj {BASE} ( cells) Tj"
    assert text_of(f"{power} 1 0 0 1 50.3 750 Tm {power}") == "10⁶ cells"


def test_a_size_of_a_heading_is_no_reason_to_raise_what_follows() -> None:
    shown = "/F1 24 Tf (Part) Tj /F1 12 Tf ( 10) Tj 4 Ts /F1 8 Tf (6) Tj"
    assert text_of(shown) == "Part 10⁶"
