"""A writer keeps the places of cells, bounds what it records, and cleans the text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.documents.document import Table
from handler.documents.writer import Writer
from handler.errors import DocumentRejected
from handler.limits import MAX_WARNING, MAX_WARNINGS


def table(*rows: list[str]) -> str:
    writer = Writer("html")
    writer.begin_table()
    for number, row in enumerate(rows):
        writer.row(row, is_header=number == 0)
    writer.end_table()
    return writer.document().text


def test_every_cell_of_a_row_keeps_its_place() -> None:
    text = table(["City", "2023", "2024"], ["Lyon", "", "17"], ["", "4", ""], ["", "", "5"])
    assert text == "City | 2023 | 2024\nLyon |  | 17\n| 4 |\n|  | 5"


CELLS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=6)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=5))
def test_what_is_in_a_column_stays_in_it(rows: list[list[str]]) -> None:
    writer = Writer("html")
    writer.write("first")
    writer.begin_table()
    for row in rows:
        writer.row(row)
    writer.end_table()
    lines = writer.document().text.split("\n")[2:]
    written = [[_plain(cell) for cell in row] for row in rows]
    assert [_cells(line) for line in lines] == [row for row in written if any(row)]


def _plain(cell: str) -> str:
    writer = Writer("text")
    writer.write("x" + cell)
    return " ".join(writer.document().text[1:].split())


def _cells(line: str) -> list[str]:
    cells = line.replace("\\|", "\0").split("|")
    return [cell.strip().replace("\0", "|") for cell in cells]


def test_a_table_is_recorded_with_its_header() -> None:
    writer = Writer("docx")
    writer.write("Before")
    writer.begin_table()
    writer.row(["City", "Year"], is_header=True)
    writer.row(["Lyon", "2024"])
    writer.end_table()
    writer.write("After")
    document = writer.document()
    assert document.text == "Before\n\nCity | Year\nLyon | 2024\n\nAfter"
    assert document.tables == (Table(8, 31, "City | Year"),)


def test_a_table_without_text_leaves_no_trace() -> None:
    writer = Writer("docx")
    writer.write("a")
    writer.begin_table()
    writer.row(["", " "])
    writer.end_table()
    writer.write("b")
    document = writer.document()
    assert (document.text, document.tables) == ("a\n\nb", ())


def test_the_same_warning_counts_once_and_very_many_are_counted() -> None:
    writer = Writer("text")
    writer.write("text")
    for number in range(100):
        writer.warn(f"Picture {number} was not read.")
        writer.warn("Comments were left out.")
    warnings = writer.document().warnings
    assert len(warnings) == MAX_WARNINGS
    assert warnings.count("Comments were left out.") == 1
    assert warnings[-1] == "There were 82 more warnings."


def test_a_long_warning_is_shortened() -> None:
    writer = Writer("text")
    writer.write("text")
    writer.warn("word " * 1_000)
    (warning,) = writer.document().warnings
    assert len(warning) <= MAX_WARNING


def test_a_title_and_attributes_are_cleaned() -> None:
    writer = Writer("text")
    writer.write("text")
    writer.title = "  A\x00 title\n"
    writer.attributes = {"a\x00": "b\ud800", "n": 2**70, "x": float("nan"), "ok": 5, "no": False}
    document = writer.document()
    assert document.title == "A title"
    assert document.attributes == {"a": "b", "n": str(2**70), "x": "nan", "ok": 5, "no": False}


def test_a_document_without_text_is_refused() -> None:
    with pytest.raises(DocumentRejected, match="no text"):
        Writer("text").document()


def test_a_document_without_text_says_what_was_left_out_of_it() -> None:
    writer = Writer("text")
    writer.warn("3 pictures were not read.")
    with pytest.raises(DocumentRejected, match=r"no text\. 3 pictures were not read\."):
        writer.document()
