"""Parts have the tokens of the text, from either end, and are short."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer as WordPiece

from model_layer.safe_split import Part, SafeSplitter
from tests.model_layer.every_category import PECULIAR

PIECES = st.sampled_from([*PECULIAR, "[CLS]", "CLS", "[SEP", "unaffable"])
RUNS = st.tuples(PIECES, st.sampled_from([1, 1, 1, 2, 30, 99, 100, 101, 130]))
TEXTS = st.lists(RUNS, max_size=12).map(lambda runs: "".join(piece * n for piece, n in runs))


def texts(parts: Iterable[Part]) -> list[str]:
    """Of the parts that are not empty."""
    return [part.text for part in parts if part.text]


@given(text=TEXTS, size=st.sampled_from([1, 2, 7, 40, 150]), from_end=st.booleans())
def test_the_tokens_of_the_parts_are_those_of_the_text(
    wordpiece: WordPiece, text: str, size: int, from_end: bool
) -> None:
    def tokens(part: str) -> list[int]:
        ids: list[int] = wordpiece.encode(part, add_special_tokens=False).ids
        return ids

    parts = list(SafeSplitter(wordpiece, size).parts(text, from_end=from_end))
    in_order = parts[::-1] if from_end else parts
    assert [token for part in in_order for token in tokens(part.text)] == tokens(text)
    assert max(len(part.text) for part in parts) <= 100 + size


@given(text=TEXTS, size=st.sampled_from([1, 2, 7, 40, 150]), from_end=st.booleans())
def test_each_character_of_a_part_has_its_place(
    wordpiece: WordPiece, text: str, size: int, from_end: bool
) -> None:
    for part in SafeSplitter(wordpiece, size).parts(text, from_end=from_end):
        assert len(part.places) == len(part.text)
        assert list(part.places) == sorted(part.places)
        # Of a word too long to be read, the last place is the word's end, not the part's.
        exact = part.text[:-1] if len(part.text) > 100 else part.text
        assert "".join(text[place] for place in part.places[: len(exact)]) == exact


def test_a_text_is_cut_at_the_last_border_of_a_part_or_at_the_first_of_the_last_part(
    wordpiece: WordPiece,
) -> None:
    splitter = SafeSplitter(wordpiece, 20)
    text = "unaffable, isn't it? The end."
    assert texts(splitter.parts(text)) == ["unaffable, isn't it?", " The end."]
    assert texts(splitter.parts(text, from_end=True)) == [", isn't it? The end.", "unaffable"]


def test_special_tokens_are_never_cut(wordpiece: WordPiece) -> None:
    parts = texts(SafeSplitter(wordpiece, 5).parts("a [MASK] b[CLS][SEP]"))
    assert [part for part in parts if "[" in part] == ["[MASK]", "[CLS]", "[SEP]"]


def test_a_long_word_is_replaced_by_its_beginning(wordpiece: WordPiece) -> None:
    splitter = SafeSplitter(wordpiece, 200)
    parts = texts(splitter.parts(f"so {'a' * 5_000} long"))
    assert parts == ["so ", "a" * 200, " long"]
    # Brackets stay apart from what is left of the word, which would be a special token with them.
    dropped = "\u200d" * 5_000
    parts = texts(splitter.parts(f"[C{dropped}LS]"))
    assert parts == ["[", "CLS", "]"]
