"""A long paragraph in parts: sentences, words or, at worst, characters.

semantic-text-splitter does it. Does not look at headings, tables or lines of code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tokenizers import Tokenizer as WordPiece

if TYPE_CHECKING:
    from semantic_text_splitter import TextSplitter

# For each part, semantic-text-splitter looks for words in all that is left, up to a space, and
# counts the tokens of some. So a paragraph with a long run of characters without spaces is taken in
# stretches of so many characters, a dozen parts or more. Others are split as a whole, as ever.
LONG_RUN = 2_000
STRETCH = 1_000
STRETCH_PER_TOKEN = 16  # at least, of a part
# The parts at a stretch's end are found again in the next: what follows may decide where they end.
REPEATED = 2


class PartSplitter:
    """Splits paragraphs into parts of at most `tokens` tokens. Thread-safe."""

    def __init__(self, wordpiece: WordPiece, tokens: int) -> None:
        # Imported here because only ingestion needs it: the API starts without it.
        from semantic_text_splitter import TextSplitter

        self._splitter: TextSplitter = TextSplitter.from_huggingface_tokenizer(wordpiece, tokens)
        self._stretch = max(STRETCH, STRETCH_PER_TOKEN * tokens)

    def parts(self, paragraph: str) -> list[tuple[int, str]]:
        """The parts with their offsets. They leave out nothing but white space.

        Takes time in proportion to the paragraph.
        """
        if max(map(len, paragraph.split()), default=0) < max(LONG_RUN, self._stretch):
            return self._splitter.chunk_indices(paragraph)
        parts: list[tuple[int, str]] = []
        start, size = 0, self._stretch
        while len(paragraph) - start > size:
            found = self._splitter.chunk_indices(paragraph[start : start + size])
            if len(found) <= REPEATED:  # parts of very long words
                size *= 2
                continue
            parts += ((start + offset, part) for offset, part in found[:-REPEATED])
            start += found[-REPEATED][0]
            size = self._stretch
        rest = self._splitter.chunk_indices(paragraph[start:])
        return parts + [(start + offset, part) for offset, part in rest]
