"""The classes of characters are the library's, for every character of Unicode."""

from __future__ import annotations

import random
import sys
import unicodedata

import pytest
from tokenizers import Tokenizer as WordPiece

from model_layer.character_classes import (
    BORDER,
    CLOSING,
    DROPPED,
    MOST_KNOWN,
    OPENING,
    CharacterClasses,
)
from tests.model_layer.every_category import samples


def expected(wordpiece: WordPiece, char: str) -> str:
    """The class of one character: what the library makes of it between two letters."""
    if char in "[]":
        return OPENING if char == "[" else CLOSING
    normalized = wordpiece.normalizer.normalize_str(f"a{char}b")
    pieces = [piece for piece, _ in wordpiece.pre_tokenizer.pre_tokenize_str(normalized)]
    if len(pieces) > 1:
        assert (pieces[0], pieces[-1]) == ("a", "b"), "words end before and after it"
        return BORDER
    return str(len(normalized) - 2)


def test_a_class_is_what_the_library_does(wordpiece: WordPiece) -> None:
    classes = CharacterClasses(wordpiece)
    characters = samples(random.Random(1), 60)
    assert classes.of("".join(characters)) == "".join(expected(wordpiece, c) for c in characters)
    assert classes.of("A. [\t\x00]") == f"1{BORDER * 2}{OPENING}{BORDER}{DROPPED}{CLOSING}"


@pytest.mark.slow
def test_every_class_is_what_the_library_does(wordpiece: WordPiece) -> None:
    classes = CharacterClasses(wordpiece)
    wrong = [
        char
        for char in map(chr, range(sys.maxunicode + 1))
        if not "\ud800" <= char <= "\udfff" and classes.of(char) != expected(wordpiece, char)
    ]
    assert wrong == []


def test_the_classes_that_are_kept_are_bounded(wordpiece: WordPiece) -> None:
    classes = CharacterClasses(wordpiece)
    first = "".join(map(chr, range(0x80, 0x80 + 1_000)))
    before = classes.of(first)
    for start in range(0x10000, 0x10000 + 3 * MOST_KNOWN, 4_096):
        classes.of("".join(map(chr, range(start, start + 4_096))))
        assert len(classes._known) <= MOST_KNOWN + 4_096
    assert classes.of(first) == before


def test_no_token_has_a_mark_that_decomposition_sorts(wordpiece: WordPiece) -> None:
    """So a word with such marks is [UNK] in any order of them."""
    marks = [t for t in wordpiece.get_vocab() if any(unicodedata.combining(char) for char in t)]
    assert marks == []


def test_only_special_tokens_in_brackets_are_found_before_words(wordpiece: WordPiece) -> None:
    added = [token.content for token in wordpiece.get_added_tokens_decoder().values()]
    assert sorted(added) == ["[CLS]", "[MASK]", "[PAD]", "[SEP]", "[UNK]"]
