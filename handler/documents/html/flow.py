"""Where text goes while a page is walked: to the document, to one line, or into code unchanged."""

from __future__ import annotations

from typing import Protocol

from handler.documents.writer import Break, Writer

SEPARATORS = ("", " ", ", ", "; ")  # in a line: of words, of cells, of items and rows
TAIL = 24  # characters before the next text that are remembered


class Flow(Protocol):
    """Takes texts, and what separates them."""

    @property
    def tail(self) -> str:
        """The end of the text that the next text is appended to; "" after a separator."""
        ...

    def write(self, text: str) -> None:
        """Add a text without white space at its ends."""
        ...

    def separate(self, by: Break) -> None:
        """Put a separator before the next text. The strongest one counts."""
        ...

    def begin_item(self, mark: str, *, indent: str, is_first: bool) -> None:
        """Put the mark of a list's item, "1." or "-", before the next text."""
        ...

    def end_item(self) -> None:
        """Drop the mark of an item without text."""
        ...


class PageFlow:
    """Text that goes to the document."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self.tail = ""

    def write(self, text: str) -> None:
        self._writer.write(text)
        self.tail = (self.tail + text)[-TAIL:]

    def separate(self, by: Break) -> None:
        self._writer.separate(by)
        self.tail = ""

    def begin_item(self, mark: str, *, indent: str, is_first: bool) -> None:
        self._writer.prefix(f"{indent}{mark} ")

    def end_item(self) -> None:
        self._writer.prefix("")


class LineFlow:
    """Text that becomes one line: a heading or a table's cell. Items are joined by "; "."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._break = 0  # index of SEPARATORS
        self._mark = ""
        self.tail = ""

    @property
    def text(self) -> str:
        """The line so far."""
        return "".join(self._parts)

    def write(self, text: str) -> None:
        text = self._mark + text
        if self._parts:
            text = SEPARATORS[self._break] + text
        self._parts.append(text)
        self._break, self._mark = 0, ""
        self.tail = (self.tail + text)[-TAIL:]

    def separate(self, by: Break) -> None:
        if by:
            self._break = max(self._break, 2 if by == " | " else 1)
            self.tail = ""

    def begin_item(self, mark: str, *, indent: str, is_first: bool) -> None:
        self._break = 1 if is_first else 3
        self._mark = "" if mark == "-" else f"{mark} "

    def end_item(self) -> None:
        self._mark = ""


class CodeFlow:
    """Text that is kept unchanged: <pre>."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self.tail = ""

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self._parts)

    def write(self, text: str) -> None:
        if text:
            self._parts.append(text)
            self.tail = (self.tail + text)[-TAIL:]

    def separate(self, by: Break) -> None:
        """A block begins a line of its own; a space is in the text if it is meant."""
        if "\n" in by and self._parts and not self.tail.endswith("\n"):
            self.write("\n")

    def begin_item(self, mark: str, *, indent: str, is_first: bool) -> None:
        """A list in code numbers its lines; the numbers are none of the code's."""

    def end_item(self) -> None:
        """Nothing to drop."""
