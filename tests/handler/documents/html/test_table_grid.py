"""A table's cells keep their columns, and are repeated where they span."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.documents.html import table_grid
from handler.documents.html.table_grid import Cell, TableGrid
from handler.errors import DocumentRejected
from tests.handler.documents.html.samples import page


def texts(*rows: list[Cell]) -> list[list[str]]:
    return [row.texts for row in grid(*rows).rows()]


def grid(*rows: list[Cell]) -> TableGrid:
    grid = TableGrid()
    for row in rows:
        grid.begin_row()
        for cell in row:
            grid.add(cell)
    return grid


@given(st.lists(st.lists(st.text("ab |", max_size=3), min_size=1, max_size=6), max_size=6))
def test_what_is_in_a_column_stays_in_it(rows: list[list[str]]) -> None:
    assert texts(*([Cell(text) for text in row] for row in rows)) == rows


@given(st.data())
def test_spans_that_tile_a_table_fill_each_of_their_places(data: st.DataObject) -> None:
    height, width = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 6))
    places: dict[tuple[int, int], str] = {}
    rows: list[list[Cell]] = []
    for row in range(height):
        rows.append([])
        for column in range(width):
            if (row, column) in places:
                continue
            free = column
            while free < width and (row, free) not in places:
                free += 1
            columns = data.draw(st.integers(1, free - column))
            down = data.draw(st.integers(1, height - row))
            text = f"{row},{column}"
            rows[-1].append(Cell(text, columns, down))
            for y in range(row, row + down):
                for x in range(column, column + columns):
                    places[y, x] = text
    # A row is as long as the columns in which cells begin.
    used = 1 + max(int(text.split(",")[1]) for text in places.values())
    assert texts(*rows) == [[places[row, x] for x in range(used)] for row in range(height)]


def test_a_span_reaches_no_further_than_its_group_and_its_table() -> None:
    table = TableGrid()
    table.begin_group("thead")
    table.add(Cell("a", rows=9))
    table.add(Cell("b"))
    table.begin_group()
    table.begin_row()
    table.add(Cell("c", columns=100))
    table.begin_row()
    table.add(Cell("d", rows=0))
    table.begin_row()
    table.add(Cell("e"))
    assert [(row.texts, row.is_header) for row in table.rows()] == [
        (["a", "b"], True), (["c", "c"], False), (["d"], False), (["d", "e"], False),
    ]  # fmt: skip


def test_a_row_of_headings_names_the_columns() -> None:
    [row] = grid([Cell(""), Cell("a", is_header=True)]).rows()
    assert row.is_header
    [title, _] = grid([Cell("a", 2, is_header=True)], [Cell("b"), Cell("c")]).rows()
    assert (title.is_header, title.is_title) == (False, True)


def test_a_long_text_is_not_repeated() -> None:
    long = "a" * 201
    assert texts([Cell(long, 2, 2), Cell("b")], [Cell("c")]) == [[long, "", "b"], ["", "", "c"]]


@pytest.mark.parametrize(
    "rows",
    [
        [[Cell("a", 1_000, 65_534) for _ in range(90)], *([Cell("b")] for _ in range(200))],
        [[Cell("a", 1_000) for _ in range(50)] for _ in range(100)],
        [[Cell("", 1, 0) for _ in range(200)], *([] for _ in range(200))],
    ],
    ids=["both", "columns", "rows"],
)
def test_a_table_that_spans_too_many_places_is_refused(
    rows: list[list[Cell]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_grid, "MAX_TABLE_CELLS", 10_000)
    with pytest.raises(DocumentRejected, match="more than 10,000 places"):
        texts(*rows)


def test_the_head_comes_first_and_the_foot_last() -> None:
    rows = ("<tfoot><tr><td>sum<td>3", "<tbody><tr><td>a<td>1", "<tbody><tr><td>b<td>2")
    head = "<thead><tr><th>N<th>V"
    wanted = "N | V\na | 1\nb | 2\nsum | 3"
    assert page(f"<table>{head}{''.join(rows)}</table>").text == wanted
    found = page(f"<table>{''.join(rows)}{head}</table>")
    assert found.text == wanted
    assert found.tables[0].header == "N | V"
