"""Columns of prose are read one after the other, however the page draws them."""

from __future__ import annotations

import time

import pytest

from tests.handler.documents.pdf.samples import at, drawn
from tests.handler.documents.samples import read

LEFT = [
    "Bees live in hives and",
    "gather honey all summer",
    "from the lime trees that",
    "grow along the river bank",
]
RIGHT = [
    "Wasps build paper nests",
    "below the roof tiles and",
    "leave them again in late",
    "autumn when it gets cold",
]
OTHER = [
    "Ants dig their tunnels",
    "deep into the sandy soil",
    "and carry leaves to them",
    "every day until October",
]


def columns(*texts: list[str], by_rows: bool, shift: float = 0.0) -> str:
    cells = [
        (line, column, text)
        for column, lines in enumerate(texts)
        for line, text in enumerate(lines)
    ]
    if by_rows:
        cells.sort()
    return "".join(
        at(40 + 180 * column, 700 - 14 * line - shift * column, text)
        for line, column, text in cells
    )


@pytest.mark.parametrize("by_rows", [True, False])
@pytest.mark.parametrize("texts", [(LEFT, RIGHT), (LEFT, RIGHT, OTHER)])
def test_columns_of_prose_are_read_one_after_the_other(
    texts: tuple[list[str], ...], by_rows: bool
) -> None:
    expected = [line for lines in texts for line in lines]
    assert read(drawn(columns(*texts, by_rows=by_rows))).text.splitlines() == expected


def test_columns_whose_lines_are_not_level_are_read_so_too() -> None:
    content = columns(LEFT, RIGHT, by_rows=True, shift=5)
    assert read(drawn(content)).text.splitlines() == LEFT + RIGHT


def test_a_title_and_a_line_below_stay_around_the_columns() -> None:
    title = at(40, 730, "A title that is set across the two columns of the page")
    below = at(40, 600, "A footnote that is as wide as both of the columns above")
    content = title + columns(LEFT, RIGHT, by_rows=True) + below
    lines = read(drawn(content)).text.splitlines()
    assert lines[0].startswith("A title")
    assert lines[1:-1] == LEFT + RIGHT
    assert lines[-1].startswith("A footnote")


def test_a_table_is_read_row_by_row() -> None:
    rows = [
        ("Lime honey", "500 g", "7.20"),
        ("Heather", "250 g", "5.90"),
        ("Forest", "1 kg", "12.00"),
    ] * 3
    content = "".join(
        at(40 + 150 * column, 700 - 14 * line, cell)
        for line, row in enumerate(rows)
        for column, cell in enumerate(row)
    )
    assert read(drawn(content)).text.splitlines() == [" ".join(row) for row in rows]


def test_a_page_of_thousands_of_short_columns_is_read_in_time() -> None:
    content = "".join(
        at(5 + 95 * column, 780 - 0.7 * line, "a b c", 0.5)
        for line in range(1_000)
        for column in range(6)
    )
    begin = time.process_time()
    assert read(drawn(content)).text.count("a b c") == 6_000
    assert time.process_time() - begin < 5
