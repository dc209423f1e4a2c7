"""The text inside a paragraph, and what is anchored in it. Knows no paragraphs and no blocks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeVar

from handler.documents.docx.drawings import Aside, drawing
from handler.documents.docx.equations import MATH, linear
from handler.documents.docx.fields import PAGE_MARK, Field, Fields
from handler.documents.docx.names import Element, is_on, is_placeholder, name, value
from handler.documents.docx.pieces import Place, joined, shifted
from handler.documents.docx.styles import NONE, VANISH, VERTICAL, Style, Styles, font
from handler.documents.docx.tally import Tally
from handler.documents.scripts import Position
from handler.documents.symbols import symbol, with_symbols

T = TypeVar("T")
Kind = Literal["footnote", "endnote"]
RUN, RUN_PROPERTIES, RUN_STYLE = name("w:r"), name("w:rPr"), name("w:rStyle")
MATH_PARAGRAPH = name("m:oMathPara")
FALLBACK = name("mc:Fallback")
# Elements that stand for one character each.
CHARACTERS = {
    name("w:tab"): "\t",
    name("w:ptab"): "\t",
    name("w:br"): "\n",
    name("w:cr"): "\n",
    name("w:noBreakHyphen"): "-",
}
DELETED = {name("w:del"), name("w:moveFrom")}  # moveFrom: the old place of moved text
SKIPPED = {
    *(name(f"w:{tag}") for tag in ("pPr", "rPr", "sdtPr", "sdtEndPr", "rubyPr", "sectPr")),
    name("m:oMathParaPr"),
}
NOTES: dict[str, Kind] = {
    name("w:footnoteReference"): "footnote",
    name("w:endnoteReference"): "endnote",
}
POSITIONS: dict[str, Position] = {"superscript": "superscript", "subscript": "subscript"}


class NoteMarks(Protocol):
    """Numbers the notes of a document."""

    def mark(self, kind: Kind, note_id: str, *, is_custom: bool) -> str:
        """What stands in the text for a note: "[1]"."""


@dataclass
class Inline:
    """The text of one paragraph."""

    text: str
    asides: list[Aside] = field(default_factory=list)


class InlineReader:
    """Collects the pieces of a paragraph's text, each with its position."""

    def __init__(self, styles: Styles, tally: Tally, notes: NoteMarks) -> None:
        self._styles, self._tally, self._notes = styles, tally, notes
        self._style = NONE
        self._fields = Fields(skip_pages=False)
        self._pieces: list[tuple[str, Place]] = []
        self._asides: list[Aside] = []
        self._position: Place = ""
        self._font, self._is_hidden = "", False
        self._readers: dict[str, Callable[[Element], None]] = {
            RUN: self._run,
            name("w:t"): lambda it: self._add(with_symbols(it.text or "", self._font)),
            name("w:sym"): self._symbol,
            name("w:instrText"): lambda it: self._fields.add_code(it.text or ""),
            name("w:fldChar"): lambda it: self._drawn(self._fields.mark, it),
            name("w:fldSimple"): self._simple_field,
            name("w:ruby"): self._ruby,
            name("w:sdt"): lambda it: None if is_placeholder(it) else self._walk(it),
            name("w:drawing"): self._drawing,
            name("w:pict"): self._drawing,
            name("w:object"): self._drawing,
            name("mc:AlternateContent"): self._alternatives,
            MATH: self._math,
            MATH_PARAGRAPH: self._math_paragraph,
            **dict.fromkeys(NOTES, self._note),
        }

    def read(self, paragraph: Element, style: Style, *, skip_pages: bool = False) -> Inline:
        """The text in a paragraph. skip_pages: write PAGE_MARK for a page's number."""
        self._style, self._fields = style, Fields(skip_pages=skip_pages)
        self._pieces, self._asides = [], []
        self._walk(paragraph)
        self._tally.eq_fields += self._fields.unread
        return Inline(joined(self._pieces), self._asides)

    def _walk(self, parent: Element) -> None:
        """Read what is in `parent`, in order."""
        for child in parent:
            tag = child.tag
            if reader := self._readers.get(tag):
                reader(child)
            elif character := CHARACTERS.get(tag):
                self._add(character)
            elif tag in DELETED:
                self._tally.deletions += 1
            elif tag not in SKIPPED:  # insertions, links, content controls …
                self._walk(child)

    def _add(self, text: str, position: Place | None = None) -> None:
        if not text or self._fields.is_code:
            return
        if self._is_hidden:
            self._tally.hidden += not text.isspace()
            return
        self._fields.saw_text()
        self._pieces.append((text, self._position if position is None else position))

    def _run(self, run: Element) -> None:
        outer = self._position, self._font, self._is_hidden
        properties = run.find(RUN_PROPERTIES)
        style = NONE
        if properties is not None:
            style = self._styles.get(value(properties, RUN_STYLE))
        vertical = value(properties, VERTICAL)
        if vertical is None:
            vertical = style.vertical or self._style.vertical
        self._position = POSITIONS.get(vertical, "") or shifted(properties)
        self._font = font(properties) or style.font or self._style.font
        hidden = is_on(properties, VANISH)
        self._is_hidden = style.is_hidden or self._style.is_hidden if hidden is None else hidden
        self._walk(run)
        self._position, self._font, self._is_hidden = outer

    def _symbol(self, it: Element) -> None:
        try:
            code = int(it.get(name("w:char"), ""), 16)
        except ValueError:
            return
        character = symbol(code, it.get(name("w:font"), ""))
        if character is None:  # a font of characters
            character = with_symbols(chr(code), "") if code <= 0xFFFF else ""
        self._add(character)

    def _simple_field(self, it: Element) -> None:
        if self._fields.is_skipped_code(it.get(name("w:instr"), "")):
            self._add(PAGE_MARK)
            return
        before = len(self._pieces)
        self._walk(it)
        if len(self._pieces) == before and not self._fields.is_code:
            self._drawn(self._fields.drawn, Field(None, it.get(name("w:instr"), "")))

    def _drawn(self, draw: Callable[[T], str], it: T) -> None:
        """What Word draws for a field."""
        before = self._fields.equations
        text = draw(it)
        self._add(text, None if self._fields.equations == before else "formula")

    def _ruby(self, it: Element) -> None:
        """The word, and how it is read in brackets."""
        for part, begin, end in (("w:rubyBase", "", ""), ("w:rt", "(", ")")):
            child = it.find(name(part))
            if child is not None:
                self._add(begin)
                self._walk(child)
                self._add(end)

    def _drawing(self, it: Element) -> None:
        for each in drawing(it, self._tally):
            if isinstance(each, str):
                self._add(f" {each} ", "")
            elif not self._is_hidden and not self._fields.is_code:
                self._asides.append(each)

    def _alternatives(self, it: Element) -> None:
        """The first alternative that has something: the others show the same in an older way."""
        before = len(self._pieces), len(self._asides), self._tally.pictures
        for child in sorted(it, key=lambda child: bool(child.tag == FALLBACK)):
            self._walk(child)
            if before != (len(self._pieces), len(self._asides), self._tally.pictures):
                return

    def _math(self, it: Element) -> None:
        self._add(linear(it, self._math_text), "formula")

    def _math_paragraph(self, it: Element) -> None:
        for equation in it.iter(MATH):
            self._add("\n", "")
            self._math(equation)
            self._add("\n", "")

    def _math_text(self, run: Element) -> str:
        """The text of a run in an equation."""
        if is_on(run.find(RUN_PROPERTIES), VANISH):
            self._tally.hidden += 1
            return ""
        texts = run.iter(name("m:t"), name("w:t"), *CHARACTERS)
        return "".join(
            " " if each.tag in CHARACTERS else with_symbols(each.text or "", "") for each in texts
        )

    def _note(self, it: Element) -> None:
        if self._is_hidden:
            return
        kind, note_id = NOTES[it.tag], it.get(name("w:id"), "")
        is_custom = it.get(name("w:customMarkFollows"), "0") in ("1", "true", "on")
        mark = self._notes.mark(kind, note_id, is_custom=is_custom)
        self._add(mark, "mark")
        self._asides.append(Aside(kind, None, note_id, mark))
