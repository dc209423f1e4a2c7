"""The dialect is the one that divides the whole file evenly."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.handler.documents.samples import read
from tests.handler.documents.tables.samples import records, text


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    content = f'name{delimiter}age\nAnn{delimiter}41\n"Bob, Eve; Joe | Liz\tKim"{delimiter}7\n'
    assert records(content) == [
        {"name": "Ann", "age": "41"},
        {"name": "Bob, Eve; Joe | Liz\tKim", "age": "7"},
    ]


def test_commas_in_numbers_and_texts_do_not_divide_a_table() -> None:
    assert records("name;share\nA;1,5\nB;22,75\n")[1] == {"name": "B", "share": "22,75"}
    assert text("a;1,5\nb;2,5\nc;3,5\n") == "a; 1,5\n\nb; 2,5\n\nc; 3,5"
    assert records("id;note\n1;so, well\n2;no\n3;a, b, c\n")[2] == {"id": "3", "note": "a, b, c"}


def test_rows_beyond_any_sample_count_too() -> None:
    content = "note;id\n" + "one, two;1\n" * 3_000 + "three;2\n" * 3_000
    assert records(content)[-1] == {"note": "three", "id": "2"}


@pytest.mark.parametrize("line", ["sep=;", "SEP=;".lower(), '"sep=;"', "sep=; "])
def test_a_line_may_name_the_delimiter(line: str) -> None:
    assert records(f"{line}\nName;Age\nAna, Bo;31\n") == [{"Name": "Ana, Bo", "Age": "31"}]
    assert records("sep=^\nName^Age\nAna^31\n") == [{"Name": "Ana", "Age": "31"}]


def test_the_content_type_or_the_name_may_call_for_tabs() -> None:
    content = "a, b\tc\nd, e\t1\n"
    expected = "a, b: d, e\nc: 1"
    assert read(content, "a", "text/tab-separated-values").text == expected
    assert read(content, "a.tsv").text == expected
    assert read("name,age\nAnn,41\n", "a.tsv").text == "name: Ann\nage: 41"  # there is no tab


def test_quoted_cells_may_contain_delimiters_quotes_and_lines() -> None:
    assert text('name,no\n"a ""b"", c\r\nd",1\n') == 'name: a "b", c\nd\nno: 1'


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (r'1,"He said \"go, now\" twice"', 'He said "go, now" twice'),
        (r'1,"\"a\", \"b\""', '"a", "b"'),
        (r"1,Oslo\, Norway", "Oslo, Norway"),
        (r'1,"a \"b\" C:\dir\new"', r'a "b" C:\dir\new'),
        (r'1,"C:\dir\new"', r"C:\dir\new"),
        (r'1,"C:\dir\"', "C:\\dir\\"),
    ],
)
def test_a_backslash_protects_quotation_marks_and_delimiters(row: str, says: str) -> None:
    assert records(f"id,says\n{row}\n") == [{"id": "1", "says": says}]


def test_single_quotation_marks_are_understood() -> None:
    assert records("'id','name'\n1,'O, K'\n2,'b'\n")[0] == {"id": "1", "name": "O, K"}
    assert records("id,name\n1,'tis\n2,rock 'n' roll\n")[0] == {"id": "1", "name": "'tis"}


def test_spaces_behind_delimiters_are_not_text() -> None:
    content = 'name, age, "note"\nAna, 31, "a, b"\nBen, 4, x\n'
    assert records(content)[0] == {"name": "Ana", "age": "31", "note": "a, b"}


def test_prose_and_a_single_column_are_not_divided() -> None:
    prose = "Dear all, a text.\nIt is, of course, prose, no table.\nNo more.\nBye, bye.\nEnd\nPS\n"
    assert text(prose) == prose.strip().replace("\n", "\n\n")
    assert text("Lorem, ipsum\ndolor\nsit amet\nsed, do\nut\n").split("\n\n")[0] == "Lorem, ipsum"


CELL = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=9)
ROWS = st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=9)


@given(ROWS, st.sampled_from(",;\t|"), st.sampled_from(["\n", "\r\n", "\r"]))
def test_what_is_in_a_column_stays_in_it(
    rows: list[tuple[str, str, str]], delimiter: str, line_end: str
) -> None:
    buffer = io.StringIO()
    style: dict[str, Any] = {"delimiter": delimiter, "quoting": csv.QUOTE_ALL}
    table = csv.writer(buffer, lineterminator=line_end, **style)
    table.writerow(["nr", "one", "two", "three"])
    rows = [*rows, ("x", "y", "z")]  # a column without any value is a warning
    table.writerows([str(number), *row] for number, row in enumerate(rows))
    expected = [
        {"nr": str(number)}
        | {
            name: cell.strip()
            for name, cell in zip(("one", "two", "three"), row, strict=True)
            if cell.strip() not in ("", r"\N")
        }
        for number, row in enumerate(rows)
    ]
    assert records(buffer.getvalue()) == expected


@given(ROWS)
def test_every_cell_is_in_the_text(rows: list[tuple[str, ...]]) -> None:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([("one", "two", "three"), *rows])
    # In a row of , and ; alone both may divide, and a delimiter is no text.
    delimiters = str.maketrans("", "", ",;|\t ")
    written = read(buffer.getvalue(), "a.csv").text.translate(delimiters)
    assert all(cell.strip().translate(delimiters) in written for row in rows for cell in row)
