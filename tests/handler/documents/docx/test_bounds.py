"""A hostile Word file is refused, or read in bounded time and memory."""

from __future__ import annotations

import time
from time import process_time

import pytest

from tests.handler.documents.docx.word_files import cell, document, p, r, row, table
from tests.handler.documents.samples import read, rejected, with_body


def nested(begin: str, inner: str, end: str, depth: int) -> str:
    return begin * depth + inner + end * depth


BOX = (
    "<w:p><w:r><w:pict><v:textbox><w:txbxContent>",
    "</w:txbxContent></v:textbox></w:pict></w:r></w:p>",
)
TABLE = ("<w:tbl><w:tr><w:tc>", "<w:p/></w:tc></w:tr></w:tbl>")
TWO = ("<w:tbl><w:tr><w:tc><w:p/></w:tc><w:tc>", "<w:p/></w:tc></w:tr></w:tbl>")
MATH = ("<m:f><m:num>", "</m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f>")
CONTROL = ("<w:sdt><w:sdtContent>", "</w:sdtContent></w:sdt>")


@pytest.mark.parametrize(
    ("around", "depth", "text"),
    [(BOX, 38, "x"), (TABLE, 80, "x"), (TWO, 80, "| x"), (CONTROL, 120, "x")],
)
def test_what_is_nested_as_deep_as_xml_may_be_is_read(
    around: tuple[str, str], depth: int, text: str
) -> None:
    assert read(document(nested(around[0], p("x"), around[1], depth))).text == text


def test_an_equation_may_be_nested_as_deep() -> None:
    math = nested(MATH[0], "<m:r><m:t>x</m:t></m:r>", MATH[1], 110)
    text = read(document(f"<w:p><m:oMath>{math}</m:oMath></w:p>")).text
    assert text.count("/2") == 110


@pytest.mark.parametrize("around", [BOX, TABLE, TWO, CONTROL])
def test_what_is_nested_deeper_is_refused(around: tuple[str, str]) -> None:
    content = document(nested(around[0], p("x"), around[1], 400))
    assert rejected(content).startswith("invalid_file: The Word file is damaged")


def test_many_alternatives_in_each_other_take_no_time() -> None:
    """Each is tried in turn: 2 to the power of 60 walks, if the empty ones were tried again."""
    inner = "<w:r/>"
    for _ in range(60):
        choices = f"<mc:Choice>{inner}</mc:Choice><mc:Fallback/>"
        inner = f"<mc:AlternateContent>{choices}</mc:AlternateContent>"
    begun = time.process_time()
    assert read(document(f"<w:p>{inner}{r('x')}</w:p>")).text == "x"
    assert time.process_time() - begun < 5


def test_spans_repeat_a_few_times_the_size_of_the_file() -> None:
    wide = cell("y" * 190, '<w:gridSpan w:val="2000000000"/><w:vMerge w:val="restart"/>')
    merged = cell("", '<w:gridSpan w:val="5"/><w:vMerge/>')
    for first in (wide, cell("y" * 190, '<w:gridSpan w:val="5"/><w:vMerge w:val="restart"/>')):
        body = table(row(first, "x"), *[row(merged, "x")] * 500)
        assert len(read(document(body)).text) < 8 * len(body)


def test_long_runs_of_one_character_take_no_time() -> None:
    marks = "<m:r><m:t>" + "_" * 200_000 + "(</m:t></m:r>" + MATH[0] + MATH[1]
    header = f"<w:sdt><w:sdtContent><w:p>{r(' ' * 200_000 + 'x')}</w:p></w:sdtContent></w:sdt>"
    begun = time.process_time()
    read(document(f"<w:p><m:oMath>{marks}</m:oMath></w:p>{header}"))
    assert time.process_time() - begun < 5


def test_a_long_table_takes_time_in_proportion_to_its_rows() -> None:
    def seconds(rows: int) -> float:
        row = "<w:tr>" + "<w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc>" * 3 + "</w:tr>"
        content = with_body(f"<w:tbl>{row * rows}</w:tbl>")
        begin = process_time()
        read(content, "a.docx")
        return process_time() - begin

    seconds(100)  # loads the library
    assert seconds(8_000) < 12 * seconds(2_000)  # 4 if linear, 16 if quadratic
