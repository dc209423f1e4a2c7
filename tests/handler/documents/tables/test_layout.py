"""Titles, comments, notes and several tables in one file are told apart."""

from __future__ import annotations

import pytest

from handler.documents.tables.layout import MAX_RUNS, divide
from tests.handler.documents.samples import read
from tests.handler.documents.tables.samples import text

TABLE = "Shop: Oslo\nMonth: May\nTotal: 12\n\nShop: Riga\nTotal: 9"


@pytest.mark.parametrize(
    ("above", "expected"),
    [
        ("Sales report 2024\n", "Sales report 2024"),
        ("Sales report 2024,,\n", "Sales report 2024"),
        ("Sales report\nDraft\n\n", "Sales report\n\nDraft"),
        ("Sales report,,\n,,\n", "Sales report"),
        ("# made by hand, in May\n# nothing else\n", "# made by hand, in May\n\n# nothing else"),
        ("Report,Sales\nPages,3\n\n", "Report; Sales\n\nPages; 3"),
        ("Report,Sales\n", "Report; Sales"),
    ],
)
def test_lines_above_a_table_are_text(above: str, expected: str) -> None:
    assert text(f"{above}Shop,Month,Total\nOslo,May,12\nRiga,,9\n") == f"{expected}\n\n{TABLE}"


@pytest.mark.parametrize(
    ("below", "expected"),
    [
        ("Source: own data\n", "Source: own data"),
        ("\nSource: own data, 2024\n", "Source: own data; 2024"),
        ("* provisional,,\n", "* provisional"),
        ("\nAll without tax\n", "All without tax"),
    ],
)
def test_notes_below_a_table_are_text(below: str, expected: str) -> None:
    assert text(f"Shop,Month,Total\nOslo,May,12\nRiga,,9\n{below}") == f"{TABLE}\n\n{expected}"


def test_a_comment_may_name_the_columns() -> None:
    assert text("#id,name\n1,Ana\n2,Ben\n") == "id: 1\nname: Ana\n\nid: 2\nname: Ben"
    assert text("# by hand\n# id,name\n1,Ana\n") == "# by hand\n\nid: 1\nname: Ana"
    assert text("#1,Ana\n#2,Ben\n") == "#1; Ana\n\n#2; Ben"
    assert text("# only a comment\n") == "# only a comment"
    assert text("#\n1,2\n") == "#\n\n1; 2"  # only its mark


def test_tables_of_different_widths_have_their_own_names() -> None:
    first = "Shop,Month,Total\nOslo,May,12\nRiga,,9\n"
    expected = f"{TABLE}\n\n"
    second = "Name,Age\nAna,33\nBen,31\n"
    names = "Name: Ana\nAge: 33\n\nName: Ben\nAge: 31"
    assert text(f"{first}\n{second}") == expected + names
    assert text(first + second) == expected + names


def test_a_table_below_another_without_evidence_is_kept_whole() -> None:
    content = "Shop,Total\nOslo,5\nRiga,7\n\nAna,baker,Oslo\nBen,smith,Riga\n"
    assert text(content).endswith("Total: 7\n\nAna; baker; Oslo\n\nBen; smith; Riga")


def test_a_table_of_the_same_width_has_its_own_names() -> None:
    content = "Shop,Total\nOslo,5\nRiga,7\n\nStaff,Age\nAna,31\n"
    assert text(content).endswith("Total: 7\n\nStaff: Ana\nAge: 31")


def test_blank_lines_do_not_divide_a_table() -> None:
    expected = "id: 1\nname: Ana\n\nid: 2\nname: Ben\n\nid: 3\nname: Cy"
    assert text("id,name\n\n1,Ana\n\n2,Ben\n\n3,Cy\n\n") == expected
    assert text("\n\nid,name\n1,Ana\n2,Ben\n,\n3,Cy\n") == expected


def test_cells_without_a_name_are_kept_and_told() -> None:
    document = read("a,b\n1\n1,2,3\n4,5,,\n", "a.csv")
    assert document.text == "a: 1\n\na: 1\nb: 2\ncolumn 3: 3\n\na: 4\nb: 5"
    assert document.warnings == (
        "1 row has more cells than there are names of columns, the first at line 3; is a delimiter "
        "in a cell that is not in quotation marks?",
    )


def test_rows_are_kept_whole_if_a_name_is_missing_in_all_of_them() -> None:
    document = read(",time,temp\n0,2022-07-29,03:14,18.1\n1,2022-07-29,03:15,18.2\n", "a.csv")
    assert (
        document.text == "; time; temp\n\n0; 2022-07-29; 03:14; 18.1\n\n1; 2022-07-29; 03:15; 18.2"
    )
    assert document.warnings == (
        "Each row has more cells than the 3 names of columns above line 2; rows are kept whole, "
        "without names.",
    )


def test_the_sections_hold_each_row_once() -> None:
    widths = [1, 0, 3, 3, 3, 0, 0, 2, 2, 1]
    assert sum(section.rows for section in divide(widths)) == len(widths)
    uneven = [1, *[2, 3] * MAX_RUNS]
    assert [section.rows for section in divide(uneven)] == [1, 2 * MAX_RUNS]
    assert [section.rows for section in divide([])] == [0]
