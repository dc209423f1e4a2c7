"""Names reach the terminal as text, on one line, whatever they hold."""

from __future__ import annotations

import os
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.commands.failure import fail
from handler.commands.terminal import shown


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("plain name.txt", "plain name.txt"),
        ("ünï 文書 🙂.txt", "ünï 文書 🙂.txt"),
        ("\x1b[2J\x1b]0;title\x07", r"\x1b[2J\x1b]0;title\x07"),
        ("a\nb\r\tc", r"a\nb\r\tc"),
        ("\x9b31m\x85", r"\x9b31m\x85"),
        ("exe.\u202etxt", r"exe.\u202etxt"),
        ("\u2066a\u2069\ufeff\u200b", r"\u2066a\u2069\ufeff\u200b"),
        ("a\u2028b\u2029c", r"a\u2028b\u2029c"),
        (os.fsdecode(b"caf\xe9.txt"), r"caf\xe9.txt"),
        ("\ud800", r"\ud800"),
        ("\U000e0041", r"\U000e0041"),
    ],
)
def test_what_a_terminal_obeys_or_hides_is_escaped(name: str, expected: str) -> None:
    assert shown(name) == expected


@given(st.text(st.characters(codec=None)))
def test_any_text_can_be_printed_on_one_line(text: str) -> None:
    line = shown(text)
    line.encode()
    assert len(line.splitlines()) <= 1
    assert not {unicodedata.category(letter) for letter in line} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


def test_a_failure_is_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    assert fail("\x1b[31mred\nand more") == 1
    assert capsys.readouterr().err == "\\x1b[31mred\\nand more\n"
