"""Numbers as text are numbers only if every reader would agree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.digits import whole_number


@given(number=st.integers(0, 10**18 - 1), zeros=st.integers(0, 5_000))
def test_a_number_is_read_whatever_its_leading_zeros(number: int, zeros: int) -> None:
    assert whole_number("0" * zeros + str(number)) == number


@pytest.mark.parametrize(
    "text", ["", " 5", "5 ", "+5", "-5", "5.0", "5_0", "٥", "²", "5\n", "0x5", "1e2", "9" * 5_000]
)
def test_all_else_is_no_number(text: str) -> None:
    assert whole_number(text) is None
