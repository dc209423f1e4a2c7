"""Almost UTF-8 is UTF-8, with a warning that counts what was replaced."""

from __future__ import annotations

from tests.handler.documents.samples import read, rejected

GERMAN = "Die Bücherei öffnet um neun Uhr. Schöne Grüße."


def test_a_stray_byte_is_replaced_with_a_warning() -> None:
    document = read(GERMAN.encode() + b"\xff")
    assert (document.text, document.charset) == (GERMAN + "\ufffd", "utf-8")
    assert document.warnings == (
        "The file is not valid UTF-8: a character in line 1 was replaced by U+FFFD.",
    )


def test_the_warning_counts_and_names_the_first_line() -> None:
    content = f"{GERMAN}\n{GERMAN}\n{GERMAN}".encode().replace("ß".encode(), b"\xff", 2)
    (warning,) = read(content).warnings
    assert warning == (
        "The file is not valid UTF-8: 2 characters were replaced by U+FFFD, the first one in line "
        "1."
    )


def test_a_last_character_that_is_cut_is_replaced() -> None:
    assert read("Grüße, Jörg ü".encode()[:-1]).text == "Grüße, Jörg \ufffd"


def test_declared_utf8_with_a_bad_byte_is_read_as_browsers_do() -> None:
    page = '<html><head><meta charset="utf-8"></head><body>Grüße @</body></html>'
    document = read(page.encode().replace(b"@", b"\xff"), "a.html")
    assert (document.text, document.charset) == ("Grüße \ufffd", "utf-8")
    assert len(document.warnings) == 1


def test_a_replacement_character_of_the_text_itself_is_no_damage() -> None:
    assert read(f"{GERMAN} \ufffd").warnings == ()


def test_two_files_put_together_are_both_read_right() -> None:
    content = "Name,Ort\nJürgen,Köln\nSören,Lübeck\n".encode() + "Jörg,Düren\n".encode("cp1252")
    document = read(content, "a.csv", "text/csv")
    for word in ("Jürgen", "Köln", "Sören", "Lübeck", "Jörg", "Düren"):
        assert word in document.text
    assert document.warnings[0] == (
        "The file is UTF-8, but line 4 is not; it was taken for windows-1252."
    )


def test_lines_in_an_unclear_set_among_utf8_are_refused() -> None:
    content = "Łódź\nGdańsk\n".encode() + "Łódź\nGdańsk\n".encode("cp1250")
    assert rejected(content).startswith(
        "invalid_file: The file is UTF-8 in some lines, but not from line 3 on; save it as UTF-8"
    )


def test_other_sets_are_not_taken_for_damaged_utf8() -> None:
    assert read((GERMAN * 3).encode("cp1252")).text == GERMAN * 3
    assert rejected("Übung".encode("cp1252")).startswith("invalid_file: The file is not UTF-8, and")
