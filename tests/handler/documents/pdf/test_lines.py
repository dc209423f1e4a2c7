"""Text stands on the lines on which a page shows it, and what is apart stays apart."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.handler.documents.pdf.samples import at, cjk_font, drawn, turned
from tests.handler.documents.samples import read


def text_of(content: str, **described: str) -> str:
    return read(drawn(content, **described)).text


def test_a_cell_of_one_character_is_apart_from_the_cell_before() -> None:
    rows = [("Item", "Size", "Count"), ("Bolts", "M8", "7"), ("Total", "400.01", "3")]
    columns = (60, 200, 330)
    content = "".join(
        at(x, 700 - 18 * line, cell, 11)
        for line, row in enumerate(rows)
        for x, cell in zip(columns, row, strict=True)
    )
    assert text_of(content) == "Item Size Count\nBolts M8 7\nTotal 400.01 3"


def test_cells_that_are_drawn_from_right_to_left_are_in_order() -> None:
    content = at(330, 700, "7") + at(200, 700, "M8") + at(60, 700, "Bolts")
    assert text_of(content) == "Bolts M8 7"


def test_a_cell_within_the_wide_gap_of_another_piece_is_in_its_place() -> None:
    content = "BT /F1 12 Tf 60 700 Td [(Gold ) -9000 ( 245)] TJ ET\n" + at(110, 700, "REP")
    assert text_of(content) == "Gold REP 245"


@pytest.mark.parametrize("matrix", ["1 0 0 1", "0 1 -1 0", "-1 0 0 -1", "0 -1 1 0"])
def test_numbers_far_apart_in_one_text_are_apart_without_a_space(matrix: str) -> None:
    content = f"BT /F1 12 Tf {matrix} 300 400 Tm [(3) -4000 (0) -2000 (1,204) -9 (7)] TJ ET"
    assert text_of(content) == "3 0 1,2047"


@pytest.mark.parametrize(("turn", "matrix"), [(90, "0 1 -1 0"), (270, "0 -1 1 0")])
def test_the_lines_of_a_turned_page_stay_lines(turn: int, matrix: str) -> None:
    step = 14 if turn == 90 else -14
    content = "".join(
        turned(300 + step * n, 300, f"Row {n} value {n}.50", matrix) for n in range(5)
    )
    expected = "\n".join(f"Row {n} value {n}.50" for n in range(5))
    assert text_of(content, page=f"/Rotate {turn}") == expected


def test_a_page_upside_down_is_read() -> None:
    content = "".join(turned(500, 100 + 14 * n, f"Line {n} ends", "-1 0 0 -1") for n in range(3))
    assert text_of(content, page="/Rotate 180") == "Line 0 ends\nLine 1 ends\nLine 2 ends"


def test_each_page_has_its_own_turn() -> None:
    upright, sideways = at(60, 700, "Upright"), turned(60, 100, "One") + turned(76, 100, "Two")
    assert read(drawn(upright, sideways)).text == "Upright\n\nOne\nTwo"


def test_sideways_text_on_an_upright_page_has_lines_of_its_own() -> None:
    content = at(20, 700, "Upright title")
    content += "".join(turned(60 + 16 * n, 300, f"Row {n} costs {n}5.00") for n in (1, 2, 3))
    expected = "Upright title\nRow 1 costs 15.00\nRow 2 costs 25.00\nRow 3 costs 35.00"
    assert text_of(content) == expected


def test_text_at_any_angle_is_read() -> None:
    content = turned(100, 100, "Draft version two", "0.866 0.5 -0.5 0.866") + at(60, 700, "Body")
    assert text_of(content) == "Draft version two\nBody"


@pytest.mark.parametrize("step", [0.0, 0.6])
def test_letters_that_are_drawn_one_by_one_make_words(step: float) -> None:
    x, content = 60.0, ""
    widths = {"i": 2.66, "l": 2.66, " ": 3.34}
    for letter in "a bill due":
        content += "" if letter == " " else at(x, 700, letter)
        x += widths.get(letter, 6.67) + step
    assert text_of(content) == "a bill due"


def test_words_that_are_drawn_one_by_one_are_apart() -> None:
    content = at(60, 700, "Net") + at(82.5, 700, "weight") + at(121, 700, "in") + at(134, 700, "kg")
    assert text_of(content) == "Net weight in kg"


def test_a_superscript_stays_on_its_line() -> None:
    content = at(60, 700, "See note") + at(108, 704, "2", 7) + at(116, 700, "below")
    assert text_of(content + at(60, 686, "Next")) == "See note² below\nNext"


def test_small_lines_beside_a_large_title_are_lines() -> None:
    content = at(60, 700, "Care", 40) + at(60, 684, "For all", 10) + at(60, 672, "For good", 10)
    assert text_of(content) == "Care\nFor all\nFor good"


def test_bold_text_that_is_drawn_twice_is_read_once() -> None:
    line = [(60, "BOLD"), (105, "TEXT"), (145, "11"), (165, "11")]
    twice = [at(x + move, 700, text) for move in (0, 0.4) for x, text in line]
    each = [at(x + move, 680, text) for x, text in line for move in (0, 0.4, 0.8)]
    assert text_of("".join(twice + each)) == "BOLD TEXT 11 11\nBOLD TEXT 11 11"


def test_bold_text_that_is_drawn_again_in_other_pieces_is_read_once() -> None:
    whole = at(60, 700, "Annual report 2011")
    assert text_of(whole + at(60.3, 700, "Annual") + at(99.6, 700, "report 2011")) == (
        "Annual report 2011"
    )


def test_repeated_numbers_are_not_taken_for_bold_ones() -> None:
    content = "".join(at(x, 700, "11") for x in (60, 73.4, 90)) + at(60, 686, "11")
    assert text_of(content) == "1111 11\n11"


def test_ligatures_are_letters() -> None:
    font = (
        "/F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding "
        "<< /Type /Encoding /Differences [65 /fi /ffi /fl] >> >>"
    )
    assert text_of(at(60, 700, "Ane oBce Coor"), fonts=font) == "fine office floor"


@pytest.mark.parametrize("encoding", ["90ms-RKSJ-H", "90ms-RKSJ-V"])
def test_japanese_without_its_font_is_read_in_both_directions(encoding: str) -> None:
    code = "東京都の図書館".encode("shift_jis").hex()
    content = at(100, 700, f"<{code}>", 14, "F2")
    assert text_of(content, fonts=cjk_font(encoding)) == "東京都の図書館"


def test_vertical_lines_are_read_from_right_to_left() -> None:
    first, second = (
        "吾輩は猫である".encode("shift_jis").hex(),
        "名前はまだない".encode("shift_jis").hex(),
    )
    content = at(300, 700, f"<{first}>", 14, "F2") + at(280, 700, f"<{second}>", 14, "F2")
    assert text_of(content, fonts=cjk_font("90ms-RKSJ-V")) == "吾輩は猫である\n名前はまだない"


def test_characters_that_stand_one_below_the_other_are_one_line() -> None:
    content = "".join(
        at(100, 700 - 14 * n, f"<{each.encode('shift_jis').hex()}>", 14, "F2")
        for n, each in enumerate("図書館の本")
    )
    assert text_of(content, fonts=cjk_font("90ms-RKSJ-H")) == "図書館の本"


@pytest.mark.parametrize(
    ("encoding", "ordering", "codec", "text"),
    [
        ("GBK-EUC-H", "GB1", "gbk", "北京图书馆九点开放"),
        ("ETen-B5-H", "CNS1", "big5", "圖書館九點開放"),
        ("90ms-RKSJ-H", "Japan1", "shift_jis", "図書館は九時に開く"),
        ("KSCms-UHC-H", "Korea1", "cp949", "도서관은열립니다"),
    ],
)
def test_a_layer_of_recognized_characters_is_read_without_its_font(
    encoding: str, ordering: str, codec: str, text: str
) -> None:
    content = "".join(
        at(40 + 16 * n, 700, f"<{each.encode(codec).hex()}>", 14, "F2")
        for n, each in enumerate(text)
    )
    assert text_of(content, fonts=cjk_font(encoding, ordering)) == text


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.lists(st.integers(0, 9_999).map(str), min_size=3, max_size=3), min_size=1, max_size=6
    ),
    st.sampled_from([0, 90, 180, 270]),
)
def test_the_numbers_of_a_table_never_touch(rows: list[list[str]], turn: int) -> None:
    matrix = {0: "1 0 0 1", 90: "0 1 -1 0", 180: "-1 0 0 -1", 270: "0 -1 1 0"}[turn]
    content = ""
    for line, row in enumerate(rows):
        for column, cell in enumerate(row):
            x, y = 60 * column, -14 * line
            x, y = {0: (x, y), 90: (-y, x), 180: (-x, -y), 270: (y, -x)}[turn]
            content += turned(300 + x, 400 + y, cell, matrix)
    expected = "\n".join(" ".join(row) for row in rows)
    assert text_of(content, page=f"/Rotate {turn}") == expected
