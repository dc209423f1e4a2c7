"""Long texts to chunks that fit the model's token limit, specials included.

A text is taken apart into units (`chunk_units`), and borders are chosen between them
(`chunk_borders`): before headings if possible, else between paragraphs, else between sentences.
`chunk_parts` splits the units that are too long. A chunk is an exact slice of the text.
Does not encode.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from model_layer.chunk_blocks import Outline
from model_layer.chunk_borders import choose_borders
from model_layer.chunk_parts import PartSplitter
from model_layer.chunk_units import Unit, UnitFinder
from model_layer.tokenizer import Tokenizer

# Characters that are chunked at a time.
WINDOW = 16_000
# The most characters of a chunk: 254 tokens can be any number of spaces, or one endless word.
MAX_CHUNK_CHARACTERS = 8_000
# A unit is at most this part of a chunk, so that a heading has room before it. A longer paragraph
# is split into parts, of which a chunk holds as many as fit.
UNIT_SHARE = 2
PART_SHARE = 4
# Where a sentence begins.
SENTENCE = re.compile(r"(?<=[.!?…])[\"')\]»”’]*\s+(?=\S)|(?<=[。！？])(?=\S)")
# The beginning of a name that a border cuts, such as ZX of ZX-1036: the splitter knows only words.
CUT_NAME = re.compile(r"[\w./:@#+&'\u2019\u2010-\u2015\u2212-]+\Z")
CHARACTERS_PER_TOKEN = 8  # at most, in ordinary text


@dataclass(frozen=True)
class Chunk:
    """`text[start:end]`."""

    start: int
    end: int


@dataclass(frozen=True)
class Window:
    """The chunks of a stretch of text, and where the next stretch begins."""

    start: int
    chunks: tuple[Chunk, ...]
    following: int


class Chunker:
    """Splits texts by the model's own tokens. Thread-safe."""

    def __init__(
        self, tokenizer: Tokenizer, *, max_tokens: int, overlap: int = 0, window: int = WINDOW
    ) -> None:
        self.max_tokens = max_tokens
        self.recipe = f"{max_tokens}-{overlap}"  # texts with equal recipes have equal chunks
        self._tokenizer = tokenizer
        self._window = window
        self._overlap = overlap
        self._capacity = max_tokens - 2  # [CLS] and [SEP]
        self._splitters: dict[int, PartSplitter] = {}  # by the tokens of a part

    def resized(self, max_tokens: int, overlap: int) -> Chunker:
        """A chunker like this one, for chunks of other sizes."""
        return Chunker(self._tokenizer, max_tokens=max_tokens, overlap=overlap, window=self._window)

    def split(
        self, text: str, *, start: int = 0, outline: Outline | None = None, reserved: int = 0
    ) -> Iterator[Window]:
        """The chunks of `text` from `start` on, lazily, window by window.

        outline: the text's headings and tables. reserved: tokens that a chunk leaves free, for what
        is encoded beside it.
        Chunks are in order and leave out nothing but white space between them. Splitting again
        from any window's `following` gives the same rest. `text` must have no lone surrogates.
        """
        capacity = self._capacity - reserved
        fresh = max(1, capacity - self._overlap)  # of a chunk, beside what it repeats
        part = max(1, fresh // PART_SHARE)
        finder = UnitFinder(
            self.count,
            lambda paragraph: self._splitter(part).parts(paragraph),
            capacity=max(1, fresh // UNIT_SHARE),
            max_characters=MAX_CHUNK_CHARACTERS // UNIT_SHARE,
        )
        while start < len(text):
            window = self._next_window(text, start, outline or Outline(), finder, fresh)
            yield window
            start = window.following

    def _splitter(self, tokens: int) -> PartSplitter:
        if tokens not in self._splitters:
            self._splitters[tokens] = PartSplitter(self._tokenizer.wordpiece, tokens)
        return self._splitters[tokens]

    def count(self, texts: list[str]) -> list[int]:
        """The tokens of each text, without [CLS] and [SEP]."""
        encodings = self._tokenizer.wordpiece.encode_batch_fast(texts, add_special_tokens=False)
        return [len(encoding) for encoding in encodings]

    def shorten(self, text: str, tokens: int) -> str:
        """The text, cut after so many tokens."""
        offsets = self._tokenizer.wordpiece.encode(text, add_special_tokens=False).offsets
        return text if len(offsets) <= tokens else text[: offsets[tokens - 1][1] if tokens else 0]

    def _next_window(
        self, text: str, start: int, outline: Outline, finder: UnitFinder, capacity: int
    ) -> Window:
        end = min(start + self._window, len(text))
        if len(text) - end < self._window // 2:  # what is left would be a small window
            end = len(text)
        units = finder.units(text, start, end, outline)
        borders = choose_borders(units, capacity=capacity, max_characters=MAX_CHUNK_CHARACTERS)
        following = end
        # The window's end may have cut the last chunk short, so the next window finds it again.
        # (There it has no overlap with the chunk before.)
        if end < len(text) and len(borders) > 1:
            following = units[borders.pop()[0]].start
        return Window(start, tuple(self._chunks(text, units, borders)), following)

    def _chunks(
        self, text: str, units: list[Unit], borders: list[tuple[int, int]]
    ) -> Iterator[Chunk]:
        for first, last in borders:
            start, end = units[first].start, units[last - 1].end
            if first and units[first].is_prose and units[first - 1].is_prose and self._overlap:
                start = self._overlap_start(text, units[first - 1].start, start)
                if end - start > MAX_CHUNK_CHARACTERS:
                    start = units[first].start
            yield Chunk(start, end)

    def _overlap_start(self, text: str, earliest: int, start: int) -> int:
        """Where the last sentences before `start` begin that have at most `overlap` tokens.

        If there are none, a name that would be cut at `start` is repeated, so that it can be found.
        """
        earliest = max(earliest + 1, start - self._overlap * CHARACTERS_PER_TOKEN)
        begins = [sentence.end() for sentence in SENTENCE.finditer(text, earliest, start)]
        cut = CUT_NAME.search(text, earliest, start)
        if cut and cut.start() > earliest and CUT_NAME.match(text[start]):
            begins.append(cut.start())
        counts = self.count([text[begin:start] for begin in begins])
        fitting = [
            begin
            for begin, tokens in zip(begins, counts, strict=True)
            if tokens <= self._overlap and begin < start
        ]
        return min(fitting, default=start)


def load_chunker(tokenizer: Tokenizer, *, max_tokens: int, overlap: int = 0) -> Chunker:
    """A chunker for a model with this tokenizer and this token limit.

    overlap: tokens at the end of a chunk that the next one may repeat.
    """
    return Chunker(tokenizer, max_tokens=max_tokens, overlap=overlap)
