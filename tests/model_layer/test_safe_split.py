"""A text may be cut before a border without changing its tokens, for every Unicode character."""

from __future__ import annotations

import sys

from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer as WordPiece

from model_layer.safe_split import is_border, is_one_word, safe_split


def tokens(wordpiece: WordPiece, text: str) -> list[str]:
    found: list[str] = wordpiece.encode(text, add_special_tokens=False).tokens
    return found


def all_characters() -> list[str]:
    return [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]


def test_the_tokenizer_splits_before_every_border(wordpiece: WordPiece) -> None:
    borders = [char for char in all_characters() if is_border(char) and char != "]"]
    before = tokens(wordpiece, "ab")
    assert len(borders) > 70_000  # ideographs, most of them
    wrong = [
        char
        for char in borders
        if tokens(wordpiece, f"ab{char}cd") != before + tokens(wordpiece, f"{char}cd")
    ]
    assert wrong == []


def test_the_tokenizer_never_splits_one_word(wordpiece: WordPiece) -> None:
    pre = wordpiece.pre_tokenizer.pre_tokenize_str
    normalize = wordpiece.normalizer.normalize_str
    wrong = [
        char
        for char in all_characters()
        if is_one_word(char) and len(pre(normalize(f"a{char}b"))) != 1
    ]
    assert wrong == []


@given(text=st.text(st.sampled_from("ab, .]é字\u0301«"), max_size=60), size=st.integers(1, 9))
def test_parts_make_up_the_text_and_only_runs_without_borders_are_long(
    text: str, size: int
) -> None:
    parts = list(safe_split(text, size))
    assert "".join(parts) == text
    for part in parts:
        assert len(part) <= 2 * size or not any(map(is_border, part[1:].replace("]", "")))
