"""What is in column n stays in column n."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.documents.document import Table
from tests.handler.documents.docx.word_files import (
    cell,
    definition,
    document,
    item,
    level,
    num,
    p,
    r,
    row,
    table,
)
from tests.handler.documents.samples import read

SPAN, MERGED = '<w:gridSpan w:val="{}"/>', "<w:vMerge/>"
BEGIN = '<w:vMerge w:val="restart"/>'


def text(*rows: str, properties: str = "", **parts: str) -> str:
    return read(document(table(*rows, properties=properties), **parts)).text


def test_an_empty_cell_keeps_its_place() -> None:
    rows = (row("City", "2023", "2024"), row("Lyon", "", "17"), row("Graz", "12", ""))
    assert text(*rows) == "City | 2023 | 2024\nLyon |  | 17\nGraz | 12 |"


def test_a_cell_over_several_columns_is_repeated() -> None:
    wide = cell("2024", SPAN.format(2))
    assert text(row("City", wide, "Sum"), row("Lyon", "1", "2", "3")) == (
        "City | 2024 | 2024 | Sum\nLyon | 1 | 2 | 3"
    )


def test_a_cell_that_fills_its_row_is_written_once() -> None:
    assert text(row(cell("North", SPAN.format(3))), row("a", "b", "c")) == ("North |  |\na | b | c")


def test_a_cell_over_several_rows_is_repeated() -> None:
    rows = (
        row(cell("North", BEGIN), "2023", cell("x", BEGIN)),
        row(cell("", MERGED), "2024", cell("", MERGED)),
        row("South", "2024", cell("", MERGED)),
    )
    assert text(*rows) == "North | 2023 | x\nNorth | 2024 | x\nSouth | 2024 | x"


def test_a_cell_over_rows_and_columns_is_repeated_in_both() -> None:
    rows = (
        row(cell("A", SPAN.format(2) + BEGIN), "1"),
        row(cell("", SPAN.format(2) + MERGED), "2"),
    )
    assert text(*rows) == "A | A | 1\nA | A | 2"


def test_columns_that_a_row_skips_keep_their_places() -> None:
    late = '<w:gridBefore w:val="1"/><w:gridAfter w:val="1"/>'
    assert text(row("a", "b", "c"), row("x", properties=late)) == "a | b | c\n| x |"


def test_columns_that_all_rows_skip_are_no_columns() -> None:
    skipped = '<w:gridBefore w:val="1"/><w:gridAfter w:val="2"/>'
    more = '<w:gridBefore w:val="2"/><w:gridAfter w:val="2"/>'
    assert text(row("a", "b", properties=skipped), row("c", properties=more)) == "a | b\n| c"


def test_more_columns_than_word_takes_are_read() -> None:
    names = [f"c{at}" for at in range(100)]
    assert text(row(*names), row(*names[:99], "end")).endswith("c98 | end")


def test_cells_that_old_programs_merged_are_repeated() -> None:
    first = cell("wide", '<w:hMerge w:val="restart"/>')
    assert text(row(first, cell("", "<w:hMerge/>"), "c")) == "wide | wide | c"


def test_a_long_text_is_not_repeated_but_keeps_its_places() -> None:
    long = "word " * 60
    assert text(row(cell(long, SPAN.format(3)), "x"), row("a", "b", "c", "d")) == (
        f"{long.strip()} |  |  | x\na | b | c | d"
    )


def test_paragraphs_and_lists_stay_in_their_cell() -> None:
    bullets = {"numbering": definition(0, level(0, "•", "bullet")) + num(1)}
    parts = cell(p("wheel", item(1)) + p("axle", item(1)))
    assert text(row("A", parts, "10"), row("B", cell(p("one") + p("two")), "20"), **bullets) == (
        "A | wheel; axle | 10\nB | one two | 20"
    )
    numbers = {"numbering": definition(0, level(0, "%1.")) + num(1)}
    assert text(row(cell("", ""), "A"), row(cell(p("", item(1))), "B"), **numbers) == (
        "| A\n1. | B"
    )


def test_a_table_in_a_cell_stays_there() -> None:
    inner = cell(p("outer") + table(row("a", "b"), row("c", "d")) + p())
    look = '<w:tblLook w:firstRow="1"/>'
    found = read(document(table(row("N", "V"), row("1", inner), row("2", "x"), properties=look)))
    assert found.text == "N | V\n1 | outer a, b; c, d\n2 | x"
    assert found.tables == (Table(0, len(found.text), "N | V"),)


def test_a_long_table_in_a_cell_follows_its_row() -> None:
    inner = cell(p("outer") + table(row("a", "", "b"), row("c" * 1_000, "d", "e")) + p())
    assert text(row("1", inner), row("2", "x")) == (
        f"1 | outer\n\na |  | b\n{'c' * 1_000} | d | e\n\n2 | x"
    )


def test_a_frame_around_blocks_is_no_table() -> None:
    found = read(document(table(row(cell(p("One.") + p("Two."))))))
    assert (found.text, found.tables) == ("One.\n\nTwo.", ())


def test_a_bar_in_a_cell_is_no_border() -> None:
    assert text(row("a|b", "c")) == "a\\|b | c"


@pytest.mark.parametrize(
    ("look", "first", "header"),
    [
        ('<w:tblLook w:val="04A0"/>', "", "Name | Age"),
        ('<w:tblLook w:firstRow="1"/>', "", "Name | Age"),
        ('<w:tblLook w:val="0480"/>', "", ""),
        ("", "<w:tblHeader/>", "Name | Age"),
        ("", "", ""),
    ],
)
def test_the_row_of_names_is_recorded(look: str, first: str, header: str) -> None:
    rows = (row("Name", "Age", properties=first), row("Ana", "31"))
    found = read(document(table(*rows, properties=look)))
    assert found.tables == (Table(0, len(found.text), header),)


def test_a_row_with_an_empty_first_cell_is_no_row_of_names() -> None:
    look = '<w:tblLook w:firstRow="1"/>'
    found = read(document(table(row("Name", ""), row("Ana", "31"), properties=look)))
    assert found.tables[0].header == ""


def test_deleted_and_hidden_rows_are_left_out() -> None:
    rows = (
        row("a", "b"),
        row("old", "old", properties="<w:del/>"),
        row("h", "h", properties="<w:hidden/>"),
        row(cell("old", "<w:cellDel/>"), "d"),
    )
    assert text(*rows) == "a | b\n| d"


def test_a_cell_in_a_content_control_is_a_cell() -> None:
    control = f"<w:tr><w:sdt><w:sdtContent>{cell('a')}</w:sdtContent></w:sdt>{cell('b')}</w:tr>"
    assert text(control, row("c", "d")) == "a | b\nc | d"


def test_the_cells_of_a_form_are_written_once() -> None:
    """Its cells begin anywhere, so that spans would be repeated ten times."""
    rows = (
        row(cell("Name", SPAN.format(9)), cell("Born", SPAN.format(6))),
        row(cell("Sex", SPAN.format(4)), cell("Photo", SPAN.format(8)), cell("x", SPAN.format(3))),
        row(cell("y", SPAN.format(14)), "z", properties='<w:gridAfter w:val="0"/>'),
    )
    assert text(*rows) == "Name | Born\nSex | Photo | x\ny | z"


def test_a_wide_table_with_groups_of_columns_repeats_their_names() -> None:
    groups = row("", cell("First half", SPAN.format(6)), cell("Second half", SPAN.format(6)))
    months = row("City", *(f"m{at}" for at in range(12)))
    first, second = " | First half" * 6, " | Second half" * 6
    names = "".join(f" | m{at}" for at in range(12))
    assert text(groups, months) == f"{first.strip()}{second}\nCity{names}"


def test_absurd_spans_are_bounded() -> None:
    wide = cell("x" * 100, SPAN.format(2_000_000_000) + BEGIN)
    skipped = '<w:gridBefore w:val="2000000000"/>'
    body = table(*[row(wide, "y")] * 50, row(cell("", MERGED), "z", properties=skipped))
    assert len(read(document(body)).text) < 63 * 103 * 52
    for odd in ("-5", "", "x", "9" * 5_000):
        assert text(row(cell("a", SPAN.format(odd)), "b"), row("c", "d")) == "a | b\nc | d"


CELLS = st.text(st.characters(categories=["L", "N"]), max_size=5)
WIDTHS = st.lists(st.integers(1, 3), min_size=2, max_size=5).filter(lambda it: sum(it) <= 6)


@given(st.data())
def test_each_value_is_in_its_column(data: st.DataObject) -> None:
    """Rows of any cells that span columns: each value is where the grid has it."""
    rows, wanted = [], []
    for _ in range(data.draw(st.integers(1, 4))):
        cells, texts = "", []
        for width in data.draw(WIDTHS):
            value = data.draw(CELLS)
            cells += cell(p(value), SPAN.format(width))
            texts += [value] * width
        if any(texts):
            rows.append(f"<w:tr>{cells}</w:tr>")
            wanted.append(texts)
    if rows:
        lines = text(*rows).split("\n")
        assert [line.split("|") for line in lines] == [
            " | ".join(texts).strip().split("|") for texts in wanted
        ]


def test_drop_caps_and_notes_in_a_cell_stay_there() -> None:
    cap = '<w:p><w:pPr><w:framePr w:dropCap="drop"/></w:pPr>' + r("W") + "</w:p>"
    assert text(row(cell(cap + p("inter")), "x")) == "Winter | x"
