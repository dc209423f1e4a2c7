"""The fonts of a Rich Text file: the code page of each, and those whose letters are symbols."""

from __future__ import annotations

from handler.documents.rtf.code_pages import CHARSETS, decoded
from handler.documents.rtf.state import State
from handler.documents.symbols import CHARTS, with_symbols

SYMBOLS = 2  # the \\fcharset of symbol fonts


class Fonts:
    """What the font table says, by the font's number."""

    def __init__(self) -> None:
        self._charsets: dict[int, int] = {}
        self._names: dict[int, str] = {}
        self.unknown = 0  # pieces of text in symbol fonts that no chart maps

    def charset(self, font: int, number: int) -> None:
        """Record a font's character set."""
        self._charsets[font] = number

    def name(self, font: int, text: str) -> None:
        """Record a font's name, as the table has it: "Symbol;"."""
        if name := text.strip(" ;"):
            self._names[font] = name

    def page(self, font: int, default: str) -> str:
        """The code page of a font; `default` if it has none of its own."""
        return CHARSETS.get(self._charsets.get(font, 0), default)

    def decoded(self, content: bytes, state: State) -> str:
        """The characters that a font shows for bytes."""
        if self._chart(state.font):
            return with_symbols(content.decode("latin-1"), self._chart(state.font))
        is_unknown = self._charsets.get(state.font) == SYMBOLS and state.place == "body"
        self.unknown += is_unknown and bool(content.strip())
        return decoded(content, state.page)

    def character(self, code: int, font: int) -> str:
        """The character that a font shows for a code of Unicode."""
        return with_symbols(chr(code), self._names.get(font, ""))

    def _chart(self, font: int) -> str:
        """The name of a symbol font whose characters are known; "" for another font."""
        name = self._names.get(font, "").lower()
        return name if name in CHARTS else ""
