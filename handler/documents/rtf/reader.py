"""Reads a Rich Text file token by token, and writes its paragraphs and tables."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from handler.documents.rtf import words
from handler.documents.rtf.code_pages import DEFAULT, NAMED, code_page
from handler.documents.rtf.fonts import Fonts
from handler.documents.rtf.state import HIDDEN, POSITIONS, State
from handler.documents.rtf.table import RowShape, write_rows
from handler.documents.rtf.tokens import Token, tokens
from handler.documents.scripts import script
from handler.documents.unread import Unread
from handler.documents.writer import Break, Writer
from handler.errors import DocumentRejected
from handler.limits import MAX_RTF_DEPTH

HEADING = re.compile(r"(?:heading|überschrift|titre|título|titolo|kop) ([1-9])", re.IGNORECASE)
SURROGATES = re.compile("[\ud800-\udfff]+")


@dataclass
class Reader:
    """Reads one file. skipped: counts what was left out."""

    writer: Writer
    skipped: Unread = field(default_factory=Unread)

    def __post_init__(self) -> None:
        self._state = State()
        self._stack: list[State] = []
        self._bytes = bytearray()  # of one code page, not decoded yet
        self._texts: dict[str, list[str]] = {}  # collected, by place
        self._to_skip = 0  # characters after a \\u
        self._is_first = False  # whether the next word or symbol is a group's first
        self._is_optional = False  # after \\*: a group of an unknown kind is left out
        self._fonts = Fonts()
        self._was_hidden = ""  # the last text
        self._styles: dict[int, int] = {}  # style → level of heading
        self._style, self._level = 0, 0  # of the paragraph
        self._mark = ""  # the number or bullet before it
        self._in_table = False
        self._shape = RowShape()
        self._cells: list[str] = []
        self._rows: list[tuple[list[str], RowShape]] = []
        self._footers: list[str] = []
        self._beside: set[str] = set()  # headers and footers so far
        self._page, self._default_font = DEFAULT, 0

    def read(self, content: bytes) -> None:
        """Read a whole file. A cut one is read up to its end."""
        for token in tokens(content):
            self._token(token)
        self._flush()
        if self._stack:
            self.writer.warn(
                f"The Rich Text file is cut off ({len(self._stack):,} of its groups have no end), "
                "so text at its end may be missing. Upload it again."
            )
        self._paragraph()
        self._end_table()
        for footer in self._footers:
            self._write(footer)

    @property
    def unknown_symbols(self) -> int:
        """How many pieces of text are in symbol fonts whose characters are unknown."""
        return self._fonts.unknown

    def _token(self, token: Token) -> None:
        if token.kind == "text" or token.kind == "byte":
            self._text(token.text)
            return
        self._flush()
        is_first, self._is_first = self._is_first, token.kind == "open"
        if token.kind == "symbol" and token.text == b"*":
            self._is_optional = is_first
        elif token.kind == "open":
            self._open()
        elif token.kind == "close":
            self._close()
        elif token.kind == "symbol":
            self._symbol(token.text)
        elif self._to_skip and token.text not in (b"u", b"uc"):
            self._to_skip -= 1
        else:
            self._word(token.text, token.number)

    def _text(self, text: bytes) -> None:
        skipped = min(self._to_skip, len(text))
        self._to_skip -= skipped
        if self._state.place and self._is_shown(text[skipped:]):
            self._bytes += text[skipped:]

    def _flush(self) -> None:
        if self._bytes:
            text = self._fonts.decoded(bytes(self._bytes), self._state)
            position = self._state.position
            self._add(script(text, position, self._before()) if position else text)
            self._bytes.clear()

    def _add(self, text: str) -> None:
        if self._state.place == "fonts":
            self._fonts.name(self._state.font, text)
        elif self._state.place and self._is_shown(text):
            self._texts.setdefault(self._state.place, []).append(text)

    def _is_shown(self, text: str | bytes) -> bool:
        """Whether text is shown here; counts each piece that is not."""
        hidden = self._state.hidden
        if text.strip():
            self.skipped[hidden] += bool(hidden) and hidden != self._was_hidden
            self._was_hidden = hidden
        return not hidden

    def _before(self) -> str:
        """The last text of this place."""
        return next(reversed(self._texts.get(self._state.place, ())), "")

    def _take(self, place: str) -> str:
        text = "".join(self._texts.pop(place, ()))
        # Characters beyond U+FFFF come in two halves.
        return SURROGATES.sub(
            lambda half: half[0].encode("utf-16", "surrogatepass").decode("utf-16", "replace"), text
        )

    def _open(self) -> None:
        if len(self._stack) >= MAX_RTF_DEPTH:
            raise DocumentRejected(
                "invalid_file",
                f"The Rich Text file is nested deeper than {MAX_RTF_DEPTH:,} groups, the limit.",
            )
        self._stack.append(self._state)
        self._to_skip = 0

    def _close(self) -> None:
        place = self._state.place
        before = self._stack.pop() if self._stack else State()
        self._state, self._to_skip, self._is_optional = before, 0, False
        if place == "styles":
            self._end_style(self._take(place))
        if place == before.place:
            return
        text = self._take(place) if place not in ("", "body") else ""
        if place == "mark":
            self._mark = _list_mark(text)
        elif place == "title":
            self.writer.title = text
        elif place == "notes" and text.strip():
            self._texts.setdefault(before.place, []).append(f" [{' '.join(text.split())}]")
        elif place in ("header", "footer") and text.strip() not in self._beside:
            self._beside.add(text.strip())
            if place == "header":
                self._write(text.strip())
            else:
                self._footers.append(text.strip())

    def _end_style(self, name: str) -> None:
        """A style's name says whether it is a heading's."""
        if found := HEADING.match(name.strip()):
            self._styles[self._style] = int(found[1])

    def _symbol(self, symbol: bytes) -> None:
        if self._to_skip:
            self._to_skip -= 1
        elif symbol in words.PARAGRAPH_SYMBOLS:
            self._end_paragraph()
        elif symbol in words.SYMBOLS:
            self._add(words.SYMBOLS[symbol])

    def _word(self, word: bytes, number: int | None) -> None:
        is_optional, self._is_optional = self._is_optional, False
        if self._destination(word, is_optional=is_optional):
            return
        if word == b"u" and number is not None:
            self._add(self._fonts.character(number % 65_536, self._state.font))
            self._to_skip = self._state.fallback
        elif word in words.CHARACTERS:
            self._add(words.CHARACTERS[word])
        elif word in words.PARAGRAPHS:
            self._end_paragraph()
        elif not self._format(word, number):
            self._table_word(word)

    def _destination(self, word: bytes, *, is_optional: bool) -> bool:
        """Whether the word begins a group of its own kind; sets where its text goes."""
        place = None
        if word in words.PICTURES or word in words.COMMENTS:
            if self._state.place == "body":
                self.skipped["pictures" if word in words.PICTURES else "comments"] += 1
            place = ""
        elif word == b"fonttbl" or word == b"stylesheet":
            place = "fonts" if word == b"fonttbl" else "styles"
        elif word in words.LIST_MARKS and self._state.place == "body":
            place = "mark"
        elif word == b"title" and len(self._stack) > 1 and self._stack[-1].place == "":
            place = "title"
        elif word in words.SKIPPED:
            place = ""
        elif self._state.place and word in words.NOTES:
            place = "notes"
        elif self._state.place and word in words.HEADERS | words.FOOTERS:
            place = "header" if word in words.HEADERS else "footer"
        elif is_optional and word not in words.READ:
            place = ""
        if place is not None:
            self._state = replace(self._state, place=place)
        return place is not None

    def _format(self, word: bytes, number: int | None) -> bool:
        """Whether the word says how the text after it is to be read or shown."""
        state = self._state
        if word in NAMED or word == b"ansicpg":
            page = NAMED[word] if word in NAMED else code_page(number)
            self._page = page
            self._state = replace(state, page=page)
        elif word == b"f" or word == b"deff":
            self._default_font = number or 0 if word == b"deff" else self._default_font
            self._set_font(number or 0)
        elif word == b"fcharset" and state.place == "fonts":
            self._fonts.charset(state.font, number or 0)
        elif word == b"plain":
            self._state = replace(state, hidden="", position=None)
            self._set_font(self._default_font)
        elif word == b"uc":
            self._state = replace(state, fallback=min(max(number or 0, 0), 100))
        elif word in HIDDEN:
            self._state = replace(state, hidden=HIDDEN[word] if number != 0 else "")
        elif word in POSITIONS:
            self._state = replace(state, position=POSITIONS[word] if number != 0 else None)
        elif word == b"pard":
            self._style, self._level, self._in_table = 0, 0, False
        elif word == b"s":
            self._style = number or 0
        elif word == b"outlinelevel":
            self._level = (number or 0) + 1
        elif word == b"intbl":
            self._in_table = True
        else:
            return False
        return True

    def _set_font(self, font: int) -> None:
        self._state = replace(self._state, font=font, page=self._fonts.page(font, self._page))

    def _table_word(self, word: bytes) -> None:
        if self._state.place != "body":
            return
        if word == b"trowd":
            self._shape = RowShape()
        elif word == b"cell":
            self._cells.append(" ".join(self._take("body").split()))
        elif word == b"row":
            self._rows.append((self._cells, self._shape))
            self._cells = []
        elif word in (b"nestcell", b"nestrow"):
            self._add(" " if word == b"nestcell" else "; ")
        else:
            self._shape.define(word)

    def _end_paragraph(self) -> None:
        if self._state.place == "body" and not self._in_table:
            self._paragraph()
        else:
            self._add("\n")

    def _paragraph(self) -> None:
        text = self._take("body").strip()
        if not self._in_table:
            self._end_table()
        level = self._level if 1 <= self._level <= 9 else self._styles.get(self._style, 0)
        if text and level:
            self.writer.heading(level, text)
        elif text:
            self._write(self._mark + text, "\n" if self._mark else "\n\n")
        self._mark = ""

    def _write(self, text: str, between: Break = "\n\n") -> None:
        self.writer.separate(between)
        self.writer.write(text)
        self.writer.separate(between)

    def _end_table(self) -> None:
        if self._cells:  # of a row without an end
            self._rows.append((self._cells, self._shape))
            self._cells = []
        if self._rows:
            write_rows(self.writer, self._rows)
            self._rows = []


def _list_mark(text: str) -> str:
    """The number of an item; a hyphen for any bullet."""
    mark = text.strip()
    return f"{mark} " if any(each.isalnum() for each in mark) else "- "
