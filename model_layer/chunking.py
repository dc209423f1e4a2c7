"""Long texts to chunks that fit the model's token limit, specials included.

semantic-text-splitter decides where a chunk ends: at a heading or between paragraphs if it can,
else between sentences, else between words. A chunk is an exact slice of the text. Does not encode.
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
# time grows with the square of the length. A window takes four seconds at worst.
WINDOW = 16_000
# The most characters of a chunk: 254 tokens can be any number of spaces, or one endless word.
MAX_CHUNK_CHARACTERS = 8_000
# No chunk contains this much white space. Looking for the overlap in a window of empty lines, the
# library can take half a minute.
GAP = re.compile(r"\s{100,}")


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
        # Imported here because only ingestion needs it: the API starts without it.
        from semantic_text_splitter import MarkdownSplitter, TextSplitter

        self.recipe = f"{max_tokens}-{overlap}"  # texts with equal recipes have equal chunks
        self._window = window
        capacity = max_tokens - 2  # [CLS] and [SEP]
        self._plain: TextSplitter = TextSplitter.from_huggingface_tokenizer(
            tokenizer.wordpiece, capacity, overlap
        )
        self._markdown: MarkdownSplitter = MarkdownSplitter.from_huggingface_tokenizer(
            tokenizer.wordpiece, capacity, overlap
        )

    def split(self, text: str, *, start: int = 0, markdown: bool = False) -> Iterator[Window]:
        """The chunks of `text` from `start` on, lazily, window by window.

        Chunks are in order and leave out nothing but white space between them. Splitting again
        from any window's `following` gives the same rest. `text` must have no lone surrogates.
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
            Chunk(begin + offset, begin + offset + len(part))
            for begin, stop in _between_gaps(text, start, end)
            for offset, part in indices(text[begin:stop])
        ]
        following = end
        # The window's end may have cut the last chunk short, so the next window finds it again.
        # (There it has no overlap with the chunk before, which might contain it whole.)
        if end < len(text) and len(found) > 1:
            found.pop()
            following = found[-1].end
        chunks = [part for chunk in found for part in self._within_bounds(text, chunk)]
        return Window(start, tuple(chunks), following)

    def _within_bounds(self, text: str, chunk: Chunk) -> Iterator[Chunk]:
        """The chunk, halved until no part has too many characters."""
        if chunk.end - chunk.start <= MAX_CHUNK_CHARACTERS:
            yield chunk
            return
        middle = (chunk.start + chunk.end) // 2
        # Halve between two words, unless one word is half of the chunk.
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
    """The stretches of `text[start:end]` that are not gaps, as (begin, stop)."""
    for gap in GAP.finditer(text, start, end):
        if start < gap.start():
            yield start, gap.start()
        start = gap.end()
    if start < end:
        yield start, end


def load_chunker(tokenizer: Tokenizer, *, max_tokens: int, overlap: int = 0) -> Chunker:
    """A chunker for a model with this tokenizer and this token limit.

    overlap: tokens at the end of a chunk that the next one may repeat.
    """
    return Chunker(tokenizer, max_tokens=max_tokens, overlap=overlap)
