"""Each row of a CSV file becomes text that makes sense on its own."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.handler.documents.samples import read, rejected


def text(content: str, content_type: str = "text/csv") -> str:
    return read(content, "a.csv", content_type).text


def test_a_row_becomes_lines_of_header_and_value() -> None:
    assert text("name,age,note\nAnn,41,\n\nBob, 7 ,likes tea\n") == (
        "name: Ann\nage: 41\n\nname: Bob\nage: 7\nnote: likes tea"
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_detected(delimiter: str) -> None:
    rows = ["name,age", "Ann,41", '"Bob, Eve; Joe | Liz\tKim",7']
    content = "\n".join(row.replace(",", delimiter, row.count(",") > 0) for row in rows[:2])
    content += f'\n"Bob, Eve; Joe | Liz\tKim"{delimiter}7\n'
    assert text(content) == "name: Ann\nage: 41\n\nname: Bob, Eve; Joe | Liz\tKim\nage: 7"


def test_the_content_type_or_the_name_may_call_for_tabs() -> None:
    content = "a, b\tc\nd, e\tf\n"
    expected = "a, b: d, e\nc: f"
    assert read(content, "a", "text/tab-separated-values").text == expected
    assert read(content, "a.tsv").text == expected


def test_quoted_cells_may_contain_delimiters_quotes_and_lines() -> None:
    assert text('name,says\nAnn,"a ""b"", c\r\nd"\n') == 'name: Ann\nsays: a "b", c\nd'


def test_a_table_without_a_header_becomes_lines_of_cells() -> None:
    assert text("Ann,41\nBob,7\n") == "Ann; 41\n\nBob; 7"
    assert text("a,a\nb,c\n") == "a; a\n\nb; c"  # two columns cannot have the same name
    assert text("2024-05-01,x\n2024-05-02,y\n") == "2024-05-01; x\n\n2024-05-02; y"


def test_the_content_type_may_say_whether_there_is_a_header() -> None:
    assert text("Ann,Rome\nBob,Oslo\n", "text/csv; header=absent") == "Ann; Rome\n\nBob; Oslo"
    assert text("1990,2000\n5,6\n", "text/csv; header=present") == "1990: 5\n2000: 6"


def test_no_cell_of_a_longer_or_shorter_row_is_lost() -> None:
    assert text("a,b\n1\n1,2,3\n") == "a: 1\n\na: 1\nb: 2\ncolumn 3: 3"


def test_tables_of_one_column_or_one_row_are_read() -> None:
    assert text("fruit\napple\npear\n") == "fruit: apple\n\nfruit: pear"
    assert text("name,age\n") == "name; age"


def test_a_cell_over_the_limit_is_refused_with_its_line() -> None:
    assert rejected("a,b\n1," + "x" * 50_000_000, "a.csv") == (
        "invalid_file: The CSV file cannot be read at line 2: field larger than field limit "
        "(10000000). Is a quotation mark missing?"
    )


def test_a_table_whose_text_grows_over_the_limit_is_refused() -> None:
    content = f"{'name' * 25},b\n" + "1,2\n" * 100_000
    assert "longer than 10,000,000 characters" in rejected(content, "a.csv")


CELLS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), min_size=1, max_size=9)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=9))
def test_every_cell_is_in_the_text(rows: list[tuple[str, ...]]) -> None:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([("one", "two", "three"), *rows])
    written = text(buffer.getvalue())
    assert all(cell in written for row in rows for cell in row)
