"""Unicode with byte order marks and without, and the sets of seven bits."""

from __future__ import annotations

import pytest

from tests.handler.documents.samples import read, rejected

JAPANESE = "図書館は九時に開きます。\n本を五冊借りられます。\n"


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("text", [JAPANESE, "Библиотека открыта.\n", "Grüße 😀\n"])
def test_unicode_without_a_mark_is_told_by_its_zero_bytes(text: str, codec: str) -> None:
    document = read(text.encode(codec))
    name = codec.replace("-le", "le").replace("-be", "be")
    assert (document.text, document.charset) == (text, name)
    assert document.warnings == (f"The character set was not declared; it was taken for {name}.",)


def test_utf16_that_is_cut_within_a_character_is_read_with_a_warning() -> None:
    document = read(b"\xff\xfe" + (JAPANESE * 3).encode("utf-16-le")[:-1])
    assert document.text == (JAPANESE * 3)[:-1] + "\ufffd"
    assert document.warnings == ("1 character of the file could not be decoded.",)


def test_utf16_is_not_believed_of_utf8() -> None:
    assert read("Grüße!", "a.txt", "text/plain; charset=utf-16").text == "Grüße!"


@pytest.mark.parametrize(
    ("codec", "text", "name"),
    [
        ("iso2022_jp", "図書館は九時に開きます。", "iso-2022-jp"),
        ("iso2022_kr", "도서관은 아홉 시에", "iso-2022-kr"),
        ("hz", "图书馆 opens at nine", "hz-gb-2312"),
    ],
)
def test_sets_of_seven_bits_are_told_by_their_escapes(codec: str, text: str, name: str) -> None:
    document = read(text.encode(codec))
    assert (document.text, document.charset) == (text, name)


def test_iso_2022_jp_of_windows_programs_is_read() -> None:
    assert read(b"\x1b$B-!?^\x1b(B abc \x1b(I1\x1b(B").text == "①図 abc ｱ"


@pytest.mark.parametrize("text", ["\x1b(B\x1b[mDone.", "~{name~} and ~{~A~}", "a ~{ b"])
def test_escapes_of_other_kinds_are_text(text: str) -> None:
    document = read(text)
    assert (document.text, document.charset) == (text.replace("\x1b", ""), "utf-8")


def test_damaged_and_unreadable_sets_of_seven_bits_are_refused() -> None:
    assert rejected(b"\x1b$B?").startswith("invalid_file: The file begins as ISO-2022-JP, but is")
    assert "ISO-2022-CN" in rejected(b"\x1b$)A\x0e?^\x0f")
