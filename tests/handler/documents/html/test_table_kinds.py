"""Tables of data are told from tables that lay out a page."""

from __future__ import annotations

import pytest

from tests.handler.documents.html.samples import page

ROW = "<tr><td>{}<td>b<tr><td>c<td>d"


@pytest.mark.parametrize(
    "table",
    [
        f"<table>{ROW.format('a')}</table>",
        f"<table>{ROW.format('<ul><li>a</ul>')}</table>",
        f"<table><thead><tr><th>x<th>y</thead>{ROW.format('<h3>a</h3>')}</table>",
        f"<table><caption>x</caption>{ROW.format('<pre>a</pre>')}</table>",
        f"<table role=grid>{ROW.format('<section>a</section>')}</table>",
        f"<table><tr><th>x<th>y{ROW.format('<table><tr><td>a</table>')}</table>",
    ],
)
def test_tables_of_data_are_read_by_row(table: str) -> None:
    document = page(table)
    assert document.text.endswith("a | b\nc | d")
    assert len(document.tables) == 1


@pytest.mark.parametrize(
    "table",
    [
        f"<table role=presentation>{ROW.format('a')}</table>",
        f"<table>{ROW.format('<h3>a</h3>')}</table>",
        f"<table>{ROW.format('<pre>a</pre>')}</table>",
        f"<table>{ROW.format('<p>aa ' * 600)}</table>",
        "<table><tr><td>a<tr><td>b</table>",
        "<table><tr><td>a</table>",
    ],
)
def test_tables_that_lay_out_a_page_are_read_like_it(table: str) -> None:
    assert page(table).tables == ()


def test_a_table_of_data_in_a_layout_is_read_by_row() -> None:
    document = page(f"<table><tr><td>left<td><table>{ROW.format('a')}</table></table>")
    assert document.text == "left\n\na | b\nc | d"
    assert len(document.tables) == 1
