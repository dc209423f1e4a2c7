"""A text may be cut before a border without changing its tokens, for every Unicode character."""

from __future__ import annotations

from tokenizers import Tokenizer as WordPiece

from model_layer.chunk_gaps import is_apart, is_border


def test_the_tokenizer_splits_before_every_border(wordpiece: WordPiece) -> None:
    # Beyond are no borders: version 3.2 of Unicode had nothing there that could be one.
    characters = [chr(n) for n in range(0x30000) if not 0xD800 <= n < 0xE000]
    borders = [char for char in characters if is_border(char)]
    assert len(borders) > 70_000  # ideographs, most of them
    normalized = wordpiece.normalizer.normalize_str("".join(f"\nab{char}cd" for char in borders))
    words = [word for word, _ in wordpiece.pre_tokenizer.pre_tokenize_str(normalized)]
    assert words.count("ab") == words.count("cd") == len(borders)


def test_tokens_add_up_over_a_border() -> None:
    assert is_apart("a b", 1, 2)
    assert is_apart("a. b", 2, 3)
    assert is_apart("字字", 1, 1)
    assert not is_apart("ab", 1, 1)
    assert not is_apart("a\x0bb", 1, 2)
