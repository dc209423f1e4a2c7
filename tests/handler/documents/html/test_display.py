"""Elements that act as others, by their role or style, are read like those."""

from __future__ import annotations

import pytest

from tests.handler.documents.html.samples import page, text

ARIA = ("role=table", "role=row", "role=cell")
CSS = ("style='display:table'", "style='display:table-row'", "style='Display: table-cell'")


@pytest.mark.parametrize(("table", "row", "cell"), [ARIA, CSS])
def test_an_empty_cell_of_such_a_table_keeps_its_place(table: str, row: str, cell: str) -> None:
    cells = "".join(f"<span {cell}>{each}</span>" for each in ("400", "", "5"))
    document = page(f"<div {table}><div {row}>{cells}</div><div {row}>{cells}</div></div>")
    assert document.text == "400 |  | 5\n400 |  | 5"
    assert len(document.tables) == 1


def test_column_headers_of_roles_name_the_columns() -> None:
    head = "<div role=rowgroup><div role=row><i role=columnheader>A</i><i role=columnheader>B</i>"
    body = "<div role=row><i role=cell aria-colspan=2>1</i></div>"
    document = page(f"<div role=grid>{head}</div></div>{body}</div>")
    assert document.text == "A | B\n1 | 1"
    assert document.tables[0].header == "A | B"


def test_group_displays_are_row_groups() -> None:
    foot, head = "<p style='display:table-footer-group'>", "<p style='display:table-header-group'>"
    row = "<b style='display:table-row'>" + "<i style='display:table-cell'>{}</i>" * 2 + "</b>"
    html = f"{foot}{row.format('sum', 3)}</p>{row.format('a', 1)}{head}{row.format('N', 'V')}</p>"
    assert text(f"<div style='display:table'>{html}</div>") == "N | V\na | 1\nsum | 3"


@pytest.mark.parametrize(
    ("display", "read"),
    [
        ("block", "A\n\nB"),
        ("flex", "A\n\nB"),
        ("grid", "A\n\nB"),
        ("list-item", "A\nB"),
        ("table", "A\n\nB"),
        ("table-row", "A\nB"),
        ("table-cell", "A\nB"),
        ("inline", "AB"),
        ("contents", "AB"),
    ],
)
def test_a_display_separates_lines(display: str, read: str) -> None:
    html = f"<span style='display:{display}'>A</span><span style='display:{display}'>B</span>"
    assert text(html) == read


def test_lines_of_code_by_style_are_lines() -> None:
    assert text("<pre><i style='display:block'>a</i><i style='display:block'>b</i></pre>") == (
        "```\na\nb\n```"
    )


def test_elements_with_a_meaning_of_their_own_keep_it() -> None:
    table = "<table style='display:block'><tr style='display:flex'><td>a<td role=note>b</table>"
    assert text(table) == "a | b"
    assert text("<h2 style='display:flex'>A</h2>") == "## A"
    assert text("10<sup style='display:block'>6</sup>") == "10⁶"
