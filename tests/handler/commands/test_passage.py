"""A passage is wrapped for the terminal, and keeps the lines that mean something."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.commands.passage import wrapped

PROSE = (
    "The keeper of the light counts the ships that pass, and writes their names into a book. "
    "In winter there are no ships, and the book stays closed until the ice is gone in spring."
)


@pytest.mark.parametrize("broken_at", [60, 72, 100])
@pytest.mark.parametrize("width", [30, 77, 97])
def test_prose_is_wrapped_anew(broken_at: int, width: int) -> None:
    text = f"{textwrap.fill(PROSE, broken_at)}\n\n{textwrap.fill(PROSE, broken_at)}"
    assert wrapped(text, width) == f"{textwrap.fill(PROSE, width)}\n\n{textwrap.fill(PROSE, width)}"


@pytest.mark.parametrize(
    "kept",
    [
        "| pump | state |\n|---|---|\n| first | dry |",
        "name: Ana\nage: 33\n\nname: Ben\nage: 31",
        "- one\n- two\n  of it\n1. three\n2) four",
        "# Pumps\nThey are old.",
        "```\nfor pump in pumps:\n    stop(pump)\n```",
    ],
)
def test_lines_that_mean_something_are_kept(kept: str) -> None:
    assert wrapped(kept, 60) == kept
    # Also below prose whose lines are as short as these.
    assert wrapped(f"{PROSE}\n\n{kept}", 300) == f"{PROSE}\n\n{kept}"


def test_the_rows_of_a_wide_table_are_not_joined() -> None:
    rows = "\n".join(f"| {'cell ' * 15}{number} |" for number in range(3))
    assert wrapped(rows, 200) == rows


def test_a_long_line_goes_on_below_its_own_beginning() -> None:
    assert wrapped("def stop():\n    return all(pump.stop() for pump in pumps)", 30) == (
        "def stop():\n    return all(pump.stop() for\n    pump in pumps)"
    )


def test_tabs_are_spaces_and_codes_are_shown() -> None:
    assert wrapped("a\tb\x1b[31m", 60) == "a       b\\x1b[31m"


LETTERS = st.characters(categories=["L", "N", "P", "S"]) | st.sampled_from(" \n\t|-#`.")


@given(st.text(LETTERS), st.integers(17, 97))
def test_no_text_is_lost_and_no_line_is_longer(text: str, width: int) -> None:
    lines = wrapped(text, width).splitlines()
    assert all(len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
