"""Headings, code, lists and tables become Markdown."""

from __future__ import annotations

import pytest

from handler.documents.document import Heading, Table
from tests.handler.documents.html.samples import page, text


def test_list_items_are_indented_and_numbered() -> None:
    html = "<p>x</p><ul><li>a<ul><li>b</li><li></li></ul><li>c</ul><ol><li>d</li><li>e</ol>y"
    assert text(html) == "x\n\n- a\n  - b\n- c\n\n1. d\n2. e\n\ny"
    assert text("<dl><dt>Term</dt><dd>what it means</dd></dl>") == "Term\nwhat it means"


def test_a_table_is_read_row_by_row() -> None:
    html = (
        "<table><caption>Prices</caption><thead><tr><th>What</th><th>How much</th></tr></thead>"
        "<tr><td><p>Tea</p></td><td>3<br>€</td></tr><tr><td>Cake<td>4 €</table>after"
    )
    assert text(html) == "Prices\n\nWhat | How much\nTea | 3 €\nCake | 4 €\n\nafter"


def test_a_layout_table_is_not_read_as_a_table() -> None:
    html = "<table><tr><td><h1>Left</h1><p>a</p><td><table><tr><td>b<td>c</table></table>"
    assert text(html) == "# Left\n\na\n\nb | c"


def test_code_is_kept_unchanged() -> None:
    html = "<p>So:</p><pre>\ndef f():\n    # not a heading\n    return 1\n</pre><p>Yes.</p>"
    expected = "So:\n\n```\ndef f():\n    # not a heading\n    return 1\n```\n\nYes."
    assert text(html) == expected
    assert text("<pre>a ``` b</pre>") == "````\na ``` b\n````"


def test_a_numbered_list_goes_on_from_the_number_that_it_states() -> None:
    assert text("<ol><li>Open</ol><pre>x</pre><ol start=2><li>Close</ol>") == (
        "1. Open\n\n```\nx\n```\n\n2. Close"
    )
    assert text("<ol><li>a<li value=7>b<li>c</ol>") == "1. a\n7. b\n8. c"
    assert text("<ol reversed><li>a<li>b<li>c</ol>") == "3. a\n2. b\n1. c"
    assert text("<ol type=a start=26><li>x<li>y</ol>") == "z. x\naa. y"
    assert text("<ol><li>a<ol type=I><li>b<li>c</ol><li>d</ol>") == "1. a\n  I. b\n  II. c\n2. d"
    assert text("<ol start=0><li>a<li>b</ol>") == "0. a\n1. b"


def test_headings_have_levels_by_their_tag_or_role() -> None:
    document = page("<h2>a</h2><div role=heading aria-level=3>b</div><div role=heading>c</div>x")
    assert document.text == "## a\n\n### b\n\n## c\n\nx"
    assert document.headings == (Heading(0, 2, "a"), Heading(6, 3, "b"), Heading(13, 2, "c"))


def test_a_heading_in_a_list_is_no_item() -> None:
    document = page("<ul><li><h3>a</h3><p>b</p></li></ul>")
    assert document.text == "### a\n\nb"
    assert document.headings == (Heading(0, 3, "a"),)


def test_the_question_of_an_accordion_is_a_heading() -> None:
    assert text("<h2><button>How do I get a refund?</button></h2><div>In thirty days.</div>") == (
        "## How do I get a refund?\n\nIn thirty days."
    )


def test_a_line_break_in_code_is_one_line_end() -> None:
    assert text("<pre>a = 1<br>b = 2<br><br>c</pre>") == "```\na = 1\nb = 2\n\nc\n```"
    assert text("<pre><div>a</div><div>  b</div></pre>") == "```\na\n  b\n```"
    assert text("<pre><ol><li>a<li>b</ol></pre>") == "```\na\nb\n```"


def test_blank_lines_of_code_are_kept() -> None:
    # A parser drops the first line end, and a browser shows no line after the last one.
    assert text("<pre>\n\n  a\n\n\tb \n\n</pre>x") == "```\n\n  a\n\n\tb \n\n```\n\nx"
    assert text("<xmp>a <b></xmp>") == "```\na <b>\n```"


def test_an_empty_cell_keeps_its_place() -> None:
    document = page(
        "<table><tr><th>City<th>2023<th>2024<tr><td>Lyon<td><td>17<tr><td>Graz<td>12<td></table>"
    )
    assert document.text == "City | 2023 | 2024\nLyon |  | 17\nGraz | 12 |"
    assert document.tables == (Table(0, 43, "City | 2023 | 2024"),)
    assert text("<table><tr><th><th>a<tr><td>b<td>&nbsp;<td>c</table>") == "| a\nb |  | c"


def test_a_cell_is_repeated_in_each_place_that_it_spans() -> None:
    assert (
        text(
            "<table><tr><th>Region<th>Year<th>Sales<tr><td rowspan=2>North<td>2023<td>12"
            "<tr><td>2024<td>15</table>"
        )
        == "Region | Year | Sales\nNorth | 2023 | 12\nNorth | 2024 | 15"
    )
    assert (
        text(
            "<table><tr><th rowspan=2>City<th colspan=2>Sales<tr><th>May<th>June"
            "<tr><td>Oslo<td>1<td>2</table>"
        )
        == "City | Sales | Sales\nCity | May | June\nOslo | 1 | 2"
    )


def test_a_list_or_paragraphs_in_a_cell_stay_in_it() -> None:
    assert (
        text(
            "<table><tr><th>Model<th>Parts<th>Price<tr><td>A<td><ul><li>wheel<li>axle</ul><td>10"
            "<tr><td>B<td><td>20</table>"
        )
        == "Model | Parts | Price\nA | wheel; axle | 10\nB |  | 20"
    )
    assert (
        text("<table><tr><td>a<td>In: <ol start=2><li>b<li>c</ol> d<tr><td><p>e<p>f<td>g</table>")
        == "a | In: 2. b; 3. c d\ne f | g"
    )
    assert text("<table><tr><th><h3>A</h3><th>B<tr><td>x|y<td><pre>c\nd</pre></table>") == (
        "A | B\nx\\|y | c d"
    )


def test_a_table_in_a_cell_stays_in_it() -> None:
    inner = "<table><tr><td>a<td>b<tr><td>c<td>d</table>"
    assert text(f"<table><tr><th>x<th>y<tr><td>{inner}<td>z</table>") == "x | y\na, b; c, d | z"


def test_a_title_in_a_table_stands_before_it() -> None:
    document = page("<table><tr><th colspan=2>Sales<tr><th>City<th>May<tr><td>Oslo<td>1</table>")
    assert document.text == "Sales\n\nCity | May\nOslo | 1"
    assert [table.header for table in document.tables] == ["City | May"]


def test_a_heading_column_is_no_header() -> None:
    document = page("<table><tr><th>Height<td>3 m<tr><th>Width<td>2 m</table>")
    assert document.text == "Height | 3 m\nWidth | 2 m"
    assert [table.header for table in document.tables] == [""]


@pytest.mark.parametrize(
    "hidden", ["<td hidden>x", "<td style='display:none'>x", "<script>x</script>", "<!-- x -->"]
)
def test_a_hidden_cell_takes_no_place(hidden: str) -> None:
    assert text(f"<table><tr><td>a{hidden}<td>b<tr><td>c<td>d</table>") == "a | b\nc | d"
