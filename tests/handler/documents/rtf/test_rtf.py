"""Rich Text: characters of every code page, headings, lists, tables, and what is left out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.documents.document import Heading
from tests.handler.documents.samples import read, rejected

FONTS = rb"{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset238 Arial CE;}{\f2\fcharset128 MS Gothic;}}"


def rtf(body: bytes | str, head: bytes = rb"\ansi\ansicpg1252\deff0" + FONTS) -> bytes:
    body = body.encode("ascii") if isinstance(body, str) else body
    return rb"{\rtf1" + head + b"\n" + body + b"}"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (r"Sch\'f6n", "Schön"),
        (r"{\f1 \'e8lov\'eck} a", "člověk a"),
        (r"{\f2 \'93\'8c\'8b\'9e}", "東京"),
        (r"\u26481?\u20140?", "東京"),
        (r"\uc2\u26481\'93\'8c!", "東!"),
        (r"\u-10187?\u-8704?", "\U0001d600"),
        (r"a\emdash b\~c\_d\-e", "a—b\u00a0c-de"),
        (r"\{a\\b\}", "{a\\b}"),
        (r"one\par two\par", "one\n\ntwo"),
        (r"one\line two", "one\ntwo"),
        ("a\nb\r\nc", "abc"),
        (r"{\v secret}shown{\deleted old}", "shown"),
        (r"a{\*\unknown text}b", "ab"),
        (r"a{\b\*\cs7 b}c", "abc"),
        (r"{\field{\*\fldinst HYPERLINK x}{\fldrslt link}}", "link"),
        (r"Free{\footnote Since May.}.", "Free [Since May.]."),
    ],
)
def test_text_is_read_as_it_is_shown(body: str, text: str) -> None:
    assert read(rtf(body)).text == text


def test_headings_by_style_and_by_outline_level() -> None:
    styles = r"{\stylesheet{\s0 Normal;}{\s1\b heading 1;}}"
    document = read(rtf(styles + r"\pard\s1 One\par\pard Text\par\pard\outlinelevel1 Two\par"))
    assert document.text == "# One\n\nText\n\n## Two"
    assert document.headings == (Heading(0, 1, "One"), Heading(13, 2, "Two"))


def test_items_of_a_list() -> None:
    body = r"{\listtext 1.\tab}One\par{\listtext 2.\tab}Two\par{\pntext\'b7\tab}Dot\par"
    assert read(rtf(body)).text == "1. One\n2. Two\n- Dot"


def test_cells_keep_their_places_and_spans_repeat() -> None:
    shape = r"\trowd\cellx1\cellx2\cellx3"
    merged = r"\trowd\clvmrg\cellx1\cellx2\clmrg\cellx3"
    body = (
        rf"{shape}\intbl Region\cell 2023\cell 2024\cell\row"
        rf"{shape}\intbl North\cell\cell 17\cell\row"
        rf"{merged}\intbl\cell 12\cell\cell\row\pard After\par"
    )
    assert read(rtf(body)).text == ("Region | 2023 | 2024\nNorth |  | 17\nNorth | 12 | 12\n\nAfter")


def test_the_title_headers_and_footers_are_read_once() -> None:
    head = r"{\info{\title Plan}{\author Ana}}{\header Draft}{\footer ACME}{\footer ACME}"
    document = read(rtf(head + r"Text\par"))
    assert document.text == "Draft\n\nText\n\nACME"
    assert document.title == "Plan"


def test_pictures_and_comments_are_counted() -> None:
    picture = rb"{\pict\pngblip\bin4 }}}}89504e47}"
    document = read(rtf(b"a" + picture + rb"{\*\annotation hm}b"))
    assert document.text == "ab"
    assert document.warnings == ("Not read: pictures (1).", "Not read: comments (1).")


def test_a_picture_alone_is_refused() -> None:
    assert rejected(rtf(r"{\pict 89504e47}")) == (
        "invalid_file: The Rich Text file has no text that can be read. Not read: pictures (1)."
    )


# Private characters (Co) are those of symbol fonts, and read as what they show.
@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Co", "Zs", "Zl", "Zp"]), min_size=1))
def test_any_text_comes_back(text: str) -> None:
    units = text.encode("utf-16-le")
    numbers = (int.from_bytes(units[i : i + 2], "little") for i in range(0, len(units), 2))
    body = "".join(rf"\u{number - 65_536 if number > 32_767 else number}?" for number in numbers)
    assert read(rtf(f"x{body}x")).text == f"x{text}x"


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    assert read(rtf(b"x" + content)).format == "rtf"


def test_deep_groups_are_refused() -> None:
    assert rejected(rtf("{" * 2_000)) == (
        "invalid_file: The Rich Text file is nested deeper than 1,000 groups, the limit."
    )


def test_raised_and_lowered_digits_do_not_fuse_with_others() -> None:
    first = rb"{\rtf1\ansi 10{\super 6} cells, H{\sub 2}O, 5{\super th}, "
    content = first + rb"10\super 6\nosupersub  m\par}"
    assert read(content, "a.rtf").text == "10⁶ cells, H₂O, 5th, 10⁶ m"


def test_hidden_and_deleted_text_is_left_out_and_counted() -> None:
    document = read(rtf(r"a{\v b{\b c}}d{\v\u100?}e{\deleted f}\v g\v0 h\par"))
    assert document.text == "adeh"
    assert document.warnings == (
        "Not read: pieces of hidden text (3).",
        "Not read: tracked deletions (1).",
    )


@pytest.mark.parametrize("missing", ["}", r"\par}}", r"\fs24 Two\par}}"])
def test_a_file_that_is_cut_off_is_read_with_a_warning(missing: str) -> None:
    whole = rtf(r"{One\fs24 Two\par}")
    document = read(whole[: -len(missing)], "a.rtf")
    assert document.text.startswith("One")
    assert len(document.warnings) == 1
    assert document.warnings[0].startswith("The Rich Text file is cut off (")
    assert read(whole).warnings == ()


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (r"{\f3 a} = 2, {\f3\'a3}x", "α = 2, ≤x"),
        (r"{\f4 \'fc} done", "✓ done"),
        (r"{\f3\u-3999?} = 2", "α = 2"),
        (r"\f9\u-3999? = 2", "α = 2"),  # a font that is not in the table
        (r"{\f3\u10003?}", "✓"),
        (r"{\f3\u8226? a}", "• α"),
        (r"\f3 a\plain a", "αa"),
        (r"{\pntext\f4 n\tab}item\par", "- item"),
    ],
)
def test_letters_in_a_symbol_font_are_the_symbols_that_it_shows(body: str, text: str) -> None:
    fonts = rb"{\fonttbl{\f0 Arial;}{\f3\fcharset2 Symbol;}{\f4\fnil\fcharset2 Wingdings;}}"
    document = read(rtf(body, rb"\ansi\deff0" + fonts))
    assert document.text == text
    assert document.warnings == ()


@pytest.mark.parametrize("code", [0xE123, 0xF019, 0xF061, 0xF1C1, 0xF8FF])
def test_private_characters_of_other_fonts_stay_as_they_are(code: int) -> None:
    fonts = rb"{\fonttbl{\f0 Arial;}{\f5 FontAwesome;}}"
    text = rf"a\u{code - 0x10000}?{{\f5\u{code - 0x10000}?}}b"
    assert read(rtf(text, rb"\ansi\deff0" + fonts)).text == f"a{chr(code)}{chr(code)}b"


def test_letters_in_an_unknown_symbol_font_are_told() -> None:
    document = read(rtf(r"{\f3 a}b", rb"\ansi{\fonttbl{\f3\fcharset2 MT Extra;}}"))
    assert document.text == "ab"
    assert document.warnings == (
        "Text is in a symbol font that is not known (1 times), so its letters may stand for "
        "symbols.",
    )
