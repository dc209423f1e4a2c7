"""Long texts to chunks that the model reads whole: at most its limit of tokens, specials included.

Where a chunk ends is for the library to find (semantic-text-splitter): at a heading or between
paragraphs if it can, else between sentences, else between words. A chunk is an exact slice of the
text. Does not encode.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from model_layer.tokenizer import Tokenizer

if TYPE_CHECKING:
    from semantic_text_splitter import MarkdownSplitter, TextSplitter

# Characters that are split at a time. For some texts (Chinese without a full stop) the library's
# time grows with the square of their length: four seconds for so many, at worst.
WINDOW = 16_000
# Characters a chunk has at most: 254 tokens can be any number of spaces, or one endless word.
MAX_CHARACTERS = 8_000
# So much white space that no chunk goes over it. The library can take half a minute for a window of
# empty lines, when it looks for the overlap.
GAP = re.compile(r"\s{100,}")


@dataclass(frozen=True)
class Chunk:
    """`text[start:end]`."""

    start: int
    end: int


@dataclass(frozen=True)
class Window:
    """The chunks of a stretch of text, and where the stretch after it begins."""

    start: int
    chunks: tuple[Chunk, ...]
    following: int


class Chunker:
    """Splits texts by the model's own tokens. Thread-safe."""

    def __init__(
        self, tokenizer: Tokenizer, *, max_tokens: int, overlap: int = 0, window: int = WINDOW
    ) -> None:
        # Imported here: it is for ingestion only, and the API starts without it.
        from semantic_text_splitter import MarkdownSplitter, TextSplitter

        self.recipe = f"{max_tokens}-{overlap}"  # another, and the chunks may be others
        self._window = window
        capacity = max_tokens - 2  # [CLS] and [SEP]
        self._plain: TextSplitter = TextSplitter.from_huggingface_tokenizer(
            tokenizer.wordpiece, capacity, overlap
        )
        self._markdown: MarkdownSplitter = MarkdownSplitter.from_huggingface_tokenizer(
            tokenizer.wordpiece, capacity, overlap
        )

    def split(self, text: str, *, start: int = 0, markdown: bool = False) -> Iterator[Window]:
        """The chunks of `text` from `start` on, window by window, as they are asked for.

        In order; together they have every character but white space between them. What follows
        from a window's `following` is the same whether the text was split from 0 or from there.
        `text` must have no lone surrogates.
        """
        splitter = self._markdown if markdown else self._plain
        while start < len(text):
            window = self._split(splitter.chunk_indices, text, start)
            yield window
            start = window.following

    def _split(
        self, indices: Callable[[str], list[tuple[int, str]]], text: str, start: int
    ) -> Window:
        end = min(start + self._window, len(text))
        found = [
            Chunk(first + at, first + at + len(part))
            for first, last in _between_gaps(text, start, end)
            for at, part in indices(text[first:last])
        ]
        following = end
        # The last may have ended where the window does, and for no other reason. (What comes
        # instead repeats nothing of the one before: it could be a part of that.)
        if end < len(text) and len(found) > 1:
            found.pop()
            following = found[-1].end
        chunks = [part for chunk in found for part in self._within_bounds(text, chunk)]
        return Window(start, tuple(chunks), following)

    def _within_bounds(self, text: str, chunk: Chunk) -> Iterator[Chunk]:
        """The chunk, in parts if it has too many characters."""
        if chunk.end - chunk.start <= MAX_CHARACTERS:
            yield chunk
            return
        middle = (chunk.start + chunk.end) // 2
        # A word is cut only if it is the half of a chunk.
        space = max(text.rfind(mark, chunk.start + 1, middle) for mark in " \n\t")
        middle = space if space > chunk.start else middle
        for start, end in ((chunk.start, middle), (middle, chunk.end)):
            while start < end and text[start].isspace():
                start += 1
            while start < end and text[end - 1].isspace():
                end -= 1
            if start < end:
                yield from self._within_bounds(text, Chunk(start, end))


def _between_gaps(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for gap in GAP.finditer(text, start, end):
        if start < gap.start():
            yield start, gap.start()
        start = gap.end()
    if start < end:
        yield start, end


def load_chunker(tokenizer: Tokenizer, *, max_tokens: int, overlap: int = 0) -> Chunker:
    """A chunker for the model that `tokenizer` and `max_tokens` are of.

    overlap: tokens that a chunk may repeat of the end of the one before it.
    """
    return Chunker(tokenizer, max_tokens=max_tokens, overlap=overlap)
