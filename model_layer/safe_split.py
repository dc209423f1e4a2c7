"""Splits a long text into parts, so that the tokens of the parts are the tokens of the text.

No token reaches over a border (`character_classes`), so a text may be cut there:

    "unaffable, isn't it"  →  "unaffable, isn'" + "t it"

A word may be a megabyte long, but WordPiece reads any word of more than 100 characters as [UNK],
and drops characters such as accents. So a long word is replaced by its first characters that are
not dropped: its tokens are the same. Does not tokenize.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from typing import NamedTuple

from tokenizers import Tokenizer as WordPiece

from model_layer.character_classes import BORDER, CLOSING, OPENING, WORD, CharacterClasses

KEPT = re.compile(f"[{WORD}]")


class Part(NamedTuple):
    """A part of a text, and the place of each of its characters there."""

    text: str
    places: Sequence[int]  # (characters,)


PAUSE = Part("", ())


class SafeSplitter:
    """Splits texts for one tokenizer. Thread-safe."""

    def __init__(self, wordpiece: WordPiece, size: int) -> None:
        """size: characters of a part at most; a long word's may have some more."""
        self._classes = CharacterClasses(wordpiece)
        self._most = int(wordpiece.model.max_input_chars_per_word)
        self._size = size

    def parts(self, text: str, *, from_end: bool = False) -> Iterator[Part]:
        """The parts of `text`, in order or from the last to the first.

        Some are empty: while a long word is read, so that a caller can look at the time.
        Raises UnicodeEncodeError if a long text has a surrogate.
        """
        low, high = 0, len(text)
        while high - low > self._size:
            window = (high - self._size - 1, high) if from_end else (low, low + self._size + 1)
            borders = self._borders(text, *window)
            if borders is None:
                cut = yield from self._far_border(text, low, high, from_end=from_end)
            else:
                cut = borders[0] if from_end else borders[1]
            start, end = (cut, high) if from_end else (low, cut)
            low, high = (low, cut) if from_end else (cut, high)
            if borders is None:
                yield from self._shortened(text, start, end, from_end=from_end)
            else:
                yield _part(text, start, end)
        yield _part(text, low, high)

    def _borders(self, text: str, start: int, end: int) -> tuple[int, int] | None:
        """The first and the last place in `text[start:end]`, not its ends, where it may be cut."""
        classes = self._classes.of(text[start:end])
        last = len(classes) - 1
        first_ones = (
            classes.find(BORDER, 1),
            classes.find(OPENING, 1),
            classes.find(BORDER, 0, last) + 1,
            classes.find(CLOSING, 0, last) + 1,
        )
        found = [place for place in first_ones if place > 0]
        if not found:
            return None
        last_ones = (
            classes.rfind(BORDER, 1),
            classes.rfind(OPENING, 1),
            classes.rfind(BORDER, 0, last) + 1,
            classes.rfind(CLOSING, 0, last) + 1,
        )
        return start + min(found), start + max(last_ones)

    def _far_border(
        self, text: str, low: int, high: int, *, from_end: bool
    ) -> Generator[Part, None, int]:
        """The border after the long word that `text[low:high]` begins with, or before its last."""
        step = -self._size if from_end else self._size
        place = (high if from_end else low) + step
        while low < place < high:
            yield PAUSE
            near, far = sorted((place, place + step))
            borders = self._borders(text, max(near - 1, low), min(far + 1, high))
            if borders is not None:
                return borders[1] if from_end else borders[0]
            place += step
        return low if from_end else high

    def _shortened(self, text: str, start: int, end: int, *, from_end: bool) -> Iterator[Part]:
        """Parts with the tokens of `text[start:end]`, which has no border within.

        Brackets stand alone. With them, what is left of the word might read as a special token.
        """
        if end - start <= self._most:
            yield _part(text, start, end)  # perhaps a special token
            return
        opening = start + (self._classes.of(text[start]) == OPENING)
        closing = end - (self._classes.of(text[end - 1]) == CLOSING)
        outer = [_part(text, closing, end), _part(text, start, opening)]
        yield outer[not from_end]
        places: list[int] = []
        characters = 0
        for place in range(opening, closing, self._size):
            yield PAUSE
            classes = self._classes.of(text[place : min(place + self._size, closing)])
            places += (place + kept.start() for kept in KEPT.finditer(classes))
            characters += sum(classes.count(each) * int(each) for each in WORD)
            if characters > self._most:
                # One unknown token, which ends where the word does.
                places[-1] = yield from self._last_kept(text, places[-1], closing)
                break
        yield Part("".join(text[place] for place in places), places)
        yield outer[from_end]

    def _last_kept(self, text: str, low: int, high: int) -> Generator[Part, None, int]:
        """The place of the last character in `text[low:high]` that is not dropped; else `low`."""
        while low < high:
            start = max(low, high - self._size)
            kept = [found.start() for found in KEPT.finditer(self._classes.of(text[start:high]))]
            if kept:
                return start + kept[-1]
            yield PAUSE
            high = start
        return low


def _part(text: str, start: int, end: int) -> Part:
    return Part(text[start:end], range(start, end))
