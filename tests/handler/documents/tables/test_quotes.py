"""A quotation mark that is never closed refuses the file, and its line is named."""

from __future__ import annotations

import pytest

from tests.handler.documents.samples import read, rejected
from tests.handler.documents.tables.samples import text


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ('id,note\n1,"open quote\n2,plain\n3,plain too\n', 2),
        ('id,note\n1,"open quote\n2,plain\n3,"ok"\n4,x\n', 2),  # closed by another cell's
        ('id,note\n0,"fine\nhere"\n1,x\n2,"open\n3,x\n', 5),
        ('id,note,more\n0,"two\nlines","open\n3,x,y\n', 3),
        ('# comment\nid,note\n1,"open', 3),
        ('sep=;\nid;note\n1;"open\n', 3),
        ('id;note\n1;"a \\"b\\" c"\n2;"open\n', 3),
        ('"', 1),
    ],
)
def test_an_open_quotation_mark_is_named_by_its_line(content: str, line: int) -> None:
    assert rejected(content, "a.csv") == (
        f"invalid_file: The CSV file has a quotation mark at line {line} that opens a cell and is "
        "not closed; close it, or write it twice in a cell that is in quotation marks."
    )


def test_an_open_quotation_mark_before_a_long_text_is_named_too() -> None:
    assert "at line 2 that opens a cell" in rejected('a,b\n1,"\n' + "x" * 10_000_000, "a.csv")


def test_a_cell_over_the_limit_is_refused_with_its_line() -> None:
    assert rejected("a,b\n1," + "x" * 10_000_001, "a.csv") == (
        "invalid_file: The cell at line 2 of the CSV file has more than 10,000,000 characters, the "
        "limit; split it."
    )


def test_quotation_marks_within_a_cell_are_text() -> None:
    assert (
        text('id,size\n1,5" pipe\n2,"6"" pipe"\n') == 'id: 1\nsize: 5" pipe\n\nid: 2\nsize: 6" pipe'
    )
    assert text('id,by\n1,"Heroes" by Bowie\n') == 'id: 1\nby: "Heroes" by Bowie'


def test_where_tabs_divide_nothing_need_be_quoted() -> None:
    document = read('title\tyear\n"Heroes\t1977\nLow\t1977\n', "a.tsv")
    assert document.text == 'title: "Heroes\nyear: 1977\n\ntitle: Low\nyear: 1977'


def test_text_behind_a_closing_quotation_mark_is_told() -> None:
    document = read('id,note\n1,"a, b"\n2,"c, d"\n3,"e, f" g\n', "a.csv")
    assert document.text.endswith("id: 3\nnote: e, f g")
    assert document.warnings == (
        "1 row has text behind a closing quotation mark, the first at line 4; cells may be divided "
        "in the wrong place there.",
    )
