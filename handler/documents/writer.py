"""Builds a document's text, and records its pages, headings, tables and warnings.

The only place that cleans text and limits its length. Knows no format.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal

from handler.documents.document import AttributeValue, Document, Heading, Table
from handler.errors import DocumentRejected, WithoutText
from handler.limits import (
    MAX_CHARACTERS,
    MAX_FILTER_NUMBER,
    MAX_HEADING,
    MAX_HEADINGS,
    MAX_TABLES,
    MAX_WARNING,
    MAX_WARNINGS,
)

# Separators, from the weakest to the strongest.
Break = Literal["", " ", " | ", "\n", "\n\n"]
STRENGTH: dict[str, int] = {"": 0, " ": 1, " | ": 2, "\n": 3, "\n\n": 4}

# Control characters carry no meaning here, and JSON needs six bytes for each (and NUL ends a C
# string). Lone surrogates cannot be encoded at all.
UNUSABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
LINE_ENDS = re.compile("\r\n?")


def clean(text: str) -> str:
    """`text` with \\n as its line ends, and without unusable characters."""
    return UNUSABLE.sub("", LINE_ENDS.sub("\n", text))


class Writer:
    """Builds the text of one document.

    A reader says what separates two texts (`separate`) before it knows whether a second one
    follows. So the separator waits, and is written only when the next text arrives:

        writer.write("a")
        writer.separate(" ")
        writer.separate("\\n\\n")  # the stronger one counts
        writer.write("b")  # "a\\n\\nb"
    """

    def __init__(self, format: str, *, is_markdown: bool = False) -> None:
        self._format, self._is_markdown = format, is_markdown
        self._parts: list[str] = []
        self._pages: list[int] = []
        self._headings: list[Heading] = []
        self._tables: list[Table] = []
        self._table: _OpenTable | None = None
        self._warnings: dict[str, None] = {}  # in order, each once
        self._length = 0
        self._break: Break = ""  # to be written before the next text
        self._prefix = ""  # to be written between the break and the next text
        self.title: str | None = None  # the document's, as the file says it
        self.attributes: dict[str, AttributeValue] = {}  # that the file states

    @property
    def is_empty(self) -> bool:
        """Whether the text is only white space so far."""
        return all(part.isspace() for part in self._parts)

    def separate(self, by: Break) -> None:
        """Put `by` before the next text. The strongest one counts, and none at the start."""
        if STRENGTH[by] > STRENGTH[self._break]:
            self._break = by

    def prefix(self, by: str) -> None:
        """Put `by` between the separator and the next text. The last one counts."""
        self._prefix = by

    def write(self, text: str) -> int:
        """Add `text` and return the offset at which it begins.

        Raises DocumentRejected if the document becomes too long.
        """
        text = clean(text)
        if not text:
            return self._length
        if self._break and self._length:
            self._add(self._break)
        begin = self._length
        self._add(self._prefix + text)
        self._break, self._prefix = "", ""
        return begin

    @property
    def position(self) -> int:
        """The length of the text so far."""
        return self._length

    def mark_page(self) -> None:
        """Record that a page begins with the next text."""
        self._pages.append(self._length + (len(self._break) if self._length else 0))

    def mark_heading(self, offset: int, level: int, text: str) -> None:
        """Record a heading at `offset`. level: 1 is the highest.

        Raises DocumentRejected if there are too many.
        """
        text = _shortened(" ".join(clean(text).split()), MAX_HEADING)
        if text:
            self._headings.append(Heading(offset, level, text))
        if len(self._headings) > MAX_HEADINGS:
            raise DocumentRejected(
                "invalid_file",
                f"The file has more than {MAX_HEADINGS:,} headings, the limit of one document; "
                "split it into several files.",
            )

    def heading(self, level: int, text: str) -> None:
        """Write and record a heading, as a Markdown block. level: 1 is the highest."""
        text = " ".join(text.split())
        if text:
            self.separate("\n\n")
            self.mark_heading(self.write(f"{'#' * min(level, 6)} {text}"), level, text)
            self.separate("\n\n")

    def begin_table(self) -> None:
        """Begin a table. Until `end_table` only rows are written."""
        self.separate("\n\n")
        self._table = _OpenTable()

    def row(self, cells: Sequence[str], *, is_header: bool = False) -> None:
        """Write a table's row: one line, in which every cell keeps its place, an empty one, too.

        A line break in a cell becomes a space, and | becomes \\|. A row without text is left out.
        is_header: the row names the columns; only the first row can.
        """
        assert self._table is not None, "a row belongs between begin_table and end_table"
        if sum(map(len, cells)) > MAX_CHARACTERS:  # before they are joined
            raise _too_long()
        texts = [" ".join(clean(cell).replace("|", "\\|").split()) for cell in cells]
        if not any(texts):
            return
        line = " | ".join(texts).strip()
        self.separate("\n")
        begin = self.write(line)
        if self._table.start is None:
            self._table.start = begin
            self._table.header = line if is_header else ""

    def end_table(self) -> None:
        """End the table, and record it if it has rows."""
        table, self._table = self._table, None
        if table and table.start is not None:
            self.mark_table(table.start, self._length, table.header)
        self.separate("\n\n")

    def mark_table(self, start: int, end: int, header: str) -> None:
        """Record a table that is written already. header: the row that names its columns."""
        if len(self._tables) < MAX_TABLES:
            self._tables.append(Table(start, end, header))

    def warn(self, warning: str) -> None:
        """Record what was not read, guessed or replaced: a sentence that the user will see.

        The same warning counts once. Of very many, the first are kept.
        """
        self._warnings[_shortened(" ".join(clean(warning).split()), MAX_WARNING)] = None

    def document(self) -> Document:
        """The finished document. Raises WithoutText if it has none."""
        if self.is_empty:
            # What was left out may be all there is.
            raise WithoutText(" ".join(["The file has no text.", *[*self._warnings][:3]]))
        text = "".join(self._parts)
        # Empty pages after the last text begin at its end.
        pages = tuple(min(page, len(text)) for page in self._pages)
        return Document(
            text,
            self._format,
            self._is_markdown,
            pages,
            tuple(self._headings),
            tuple(self._tables),
            title=_shortened(" ".join(clean(self.title or "").split()), MAX_HEADING) or None,
            attributes={clean(key): _storable(value) for key, value in self.attributes.items()},
            warnings=bounded_warnings(self._warnings),
        )

    def _add(self, text: str) -> None:
        self._length += len(text)
        if self._length > MAX_CHARACTERS:
            raise _too_long()
        self._parts.append(text)


@dataclass
class _OpenTable:
    """The table that is being written."""

    start: int | None = None  # None: no row yet
    header: str = ""


def bounded_warnings(warnings: Iterable[str]) -> tuple[str, ...]:
    """The first MAX_WARNINGS of them; the last one then says how many more there were."""
    kept = tuple(dict.fromkeys(warnings))
    if len(kept) <= MAX_WARNINGS:
        return kept
    more = len(kept) - MAX_WARNINGS + 1
    return (*kept[: MAX_WARNINGS - 1], f"There were {more:,} more warnings.")


def _storable(value: AttributeValue) -> AttributeValue:
    """The value as JSON and the stores can hold it: a number that is too large is a string."""
    if isinstance(value, str):
        return clean(value)
    is_exact = isinstance(value, bool) or (isfinite(value) and abs(value) <= MAX_FILTER_NUMBER)
    return value if is_exact else str(value)


def _shortened(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _too_long() -> DocumentRejected:
    return DocumentRejected(
        "invalid_file",
        f"The file's text is longer than {MAX_CHARACTERS:,} characters, the limit of one "
        "document; split it into several files.",
    )
