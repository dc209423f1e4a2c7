"""A row becomes text that makes sense on its own."""

from __future__ import annotations

import base64
import random

from tests.handler.documents.samples import read, rejected
from tests.handler.documents.tables.samples import text


def test_a_row_becomes_lines_of_name_and_value() -> None:
    assert text("\ufeffname,age,note\nAnn,41,\n\nBob, 7 ,likes tea\n") == (
        "name: Ann\nage: 41\n\nname: Bob\nage: 7\nnote: likes tea"
    )


def test_the_index_of_a_data_frame_is_left_out_as_far_as_it_counts() -> None:
    rows = ",a\n0,x\n1,y\n2,z\n"
    assert text(rows.replace("a", "n").replace("x", "5")).startswith("n: 5\n\nn: y")
    assert text(",n\n0,5\n7,6\n") == "column 1: 0\nn: 5\n\ncolumn 1: 7\nn: 6"


def test_blank_lines_in_a_cell_do_not_divide_a_row() -> None:
    assert text('id,note\n1,"two\n \nlines"\n') == "id: 1\nnote: two\nlines"


def test_a_database_null_is_an_empty_cell() -> None:
    assert text("id,t\n1,\\N\n2,5\n") == "id: 1\n\nid: 2\nt: 5"


def test_embedded_files_are_left_out() -> None:
    blob = base64.b64encode(random.Random(1).randbytes(300)).decode()
    document = read(f"id,photo\n1,{blob}\n2,x\n", "a.csv")
    assert document.text == "id: 1\n\nid: 2\nphoto: x"
    assert document.warnings == ("1 embedded file (base64, 400 characters) was left out.",)


def test_a_table_whose_text_grows_over_the_limit_is_refused() -> None:
    content = f"{'name' * 2_500},b\n" + "1,2\n" * 1_000
    assert "longer than 10,000,000 characters" in rejected(content, "a.csv")


def test_very_many_columns_and_empty_cells_are_read() -> None:
    assert text("a,b\n1,2\n" + "," * 100_000 + "\n") == "a: 1\nb: 2"
    assert len(text(",".join(["1"] * 30_000) + "\n")) == 89_998


def test_more_lines_than_a_text_can_have_are_refused() -> None:
    assert "more than 5,000,000 lines" in rejected(",\n" * 5_000_001, "a.csv")


def test_names_of_columns_without_a_value_are_counted() -> None:
    document = read("metric\taverage\tsd\tcount\t\naccuracy\t\t\t0\t\n", "a.tsv")
    assert document.text == "metric: accuracy\ncount: 0"
    assert document.warnings == (
        "2 columns have a name and no values, and the name is not in the text.",
    )
    two = read("name,age,job\nAna,5,\n\nName,Price\nBolt,\nNut,\nPin,\n", "a.csv")
    assert two.warnings[0].startswith("2 columns have")
