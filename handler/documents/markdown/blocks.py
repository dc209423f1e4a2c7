"""Finds the headings and tables of a Markdown text, line by line.

Follows CommonMark, and GitHub's tables, for what is at the top of a document: a heading in a list,
in a quotation, in code or in HTML is none of the document.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from handler.documents.document import Heading, Table
from handler.documents.markdown.attribute_blocks import without_attributes
from handler.documents.markdown.fences import INDENTED, LIST_ITEM, Fences
from handler.documents.markdown.math_blocks import MathBlocks
from handler.limits import MAX_HEADINGS

# spec.commonmark.org/0.31.2
ATX = re.compile(r" {0,3}(?P<marks>#{1,6})(?:[ \t]+(?P<text>.*?))??(?:[ \t]+#+)?[ \t]*")
UNDERLINE = re.compile(r" {0,3}(?:=+|-+)[ \t]*")
BREAK = re.compile(r" {0,3}([-*_])[ \t]*(?:\1[ \t]*){2,}")
QUOTATION = re.compile(r" {0,3}>")
DEFINITION = re.compile(r" {0,3}\[[^\]]+\]:[ \t]*\S+(?:[ \t]+[\"'(].*)?")
# HTML that ends with a certain mark, or at a blank line.
RAW = re.compile(r" {0,3}<(pre|script|style|textarea)(?=[\s>]|$)", re.IGNORECASE)
BLOCKS = (
    "address article aside base basefont blockquote body caption center col colgroup dd details "
    "dialog dir div dl dt fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 "
    "head header hr html iframe legend li link main menu menuitem nav noframes ol optgroup option "
    "p param search section summary table tbody td tfoot th thead title tr track ul"
).split()
BLOCK = re.compile(rf" {{0,3}}</?(?:{'|'.join(BLOCKS)})(?=[\s>]|/>|$)", re.IGNORECASE)
TAG = re.compile(r" {0,3}<(?:/[a-z][\w-]*|[a-z][\w-]*(?:\s[^<>]*)?/?)>[ \t]*", re.IGNORECASE)
HTML_HEADING = re.compile(r"\s*<h([1-6])(?:\s[^<>]*)?>(.*)</h\1>\s*", re.IGNORECASE)
ANY_TAG = re.compile(r"<[^<>]*>")
# GitHub's tables: github.github.com/gfm/#tables-extension-
DELIMITER_ROW = re.compile(r" {0,3}\|?(?:[ \t]*+:?-++:?[ \t]*+\|)*[ \t]*+:?-++:?[ \t]*+\|?[ \t]*+")
BAR = re.compile(r"(?<!\\)\|")


@dataclass
class _Line:
    offset: int
    text: str


def scan(text: str) -> tuple[list[Heading], list[Table]]:
    """The headings and tables of `text`, with their offsets in it."""
    scanner = _Scanner()
    offset = 0
    for line in text.split("\n"):
        scanner.line(_Line(offset, line))
        offset += len(line) + 1
        if len(scanner.headings) > MAX_HEADINGS:
            break  # the writer refuses them
    scanner.end_table()
    return scanner.headings, scanner.tables


class _Scanner:
    """Follows the lines of a text from the first on."""

    def __init__(self) -> None:
        self.headings: list[Heading] = []
        self.tables: list[Table] = []
        self._fences = Fences()
        self._math = MathBlocks()
        self._paragraph: list[_Line] = []
        self._table: tuple[_Line, _Line] | None = None  # its first and its last line
        self._html_end: str | None = None  # what ends the HTML that is open; "": a blank line
        self._nested = False  # in a list or quotation
        self._indent = 0  # of a list's text; 0 in a quotation
        self._after_blank = False
        self._lazy = False  # a line without a mark goes on with the paragraph in it

    def line(self, line: _Line) -> None:
        text = line.text
        if self._html_end is not None:
            self._html(line)
            return
        if self._fences.is_code(text):
            self._end_block()
            return
        if self._math.is_math(text):
            self._end_block()
            return
        if not text.strip():
            self._end_block()
            self._nested = self._nested and self._indent > 0  # a list goes on below a blank line
            self._after_blank = True
            return
        if self._nested and self._is_nested(text):
            return
        under_row = self._paragraph and self._paragraph[-1].text.lstrip().startswith("|")
        if self._paragraph and not under_row and UNDERLINE.fullmatch(text) and self._setext(text):
            return
        if BREAK.fullmatch(text):
            self._end_block()
        elif LIST_ITEM.match(text) or QUOTATION.match(text):
            self._begin_container(text)
        elif heading := ATX.fullmatch(text):
            self._end_block()
            self._heading(line.offset, len(heading["marks"]), heading["text"] or "")
        elif self._begins_html(text):
            self._end_block()
            self._html(line)
        else:
            self._text(line)

    def end_table(self) -> None:
        """Record the open table, if there is one."""
        if self._table:
            first, last = self._table
            self.tables.append(Table(first.offset, last.offset + len(last.text), first.text))
        self._table = None

    def _heading(self, offset: int, level: int, text: str) -> None:
        """Record a heading, if it has a text."""
        if text := without_attributes(text):
            self.headings.append(Heading(offset, level, text))

    def _end_block(self) -> None:
        self.end_table()
        self._paragraph = []

    def _begin_container(self, text: str) -> None:
        self._end_block()
        self._nested, self._after_blank = True, False
        item = LIST_ITEM.match(text) or QUOTATION.match(text)
        assert item is not None, "a container begins with its mark"
        mark = item[0].rstrip()
        space = len(item[0].expandtabs(4)) - len(mark)
        self._indent = 0 if mark.endswith(">") else len(mark) + (space if 0 < space <= 4 else 1)
        rest = text[item.end() :].strip()
        self._lazy = bool(rest) and not (ATX.fullmatch(rest) or BREAK.fullmatch(rest))

    def _is_nested(self, text: str) -> bool:
        """Whether a line belongs to the list or quotation above it; if not, that has ended."""
        after_blank, self._after_blank = self._after_blank, False
        indent = len(text.expandtabs(4)) - len(text.expandtabs(4).lstrip())
        if self._indent and indent >= self._indent:
            return True
        if QUOTATION.match(text) or (LIST_ITEM.match(text) and not BREAK.fullmatch(text)):
            self._begin_container(text)
            return True
        ends = ATX.fullmatch(text) or BREAK.fullmatch(text) or self._begins_html(text)
        self._nested = self._lazy and not after_blank and not ends
        return self._nested

    def _setext(self, text: str) -> bool:
        """Make the paragraph a heading; not if it only defines links."""
        lines = self._paragraph
        while lines and DEFINITION.fullmatch(lines[0].text):
            lines = lines[1:]
        if not lines:
            return False
        heading = " ".join(line.text.strip() for line in lines)
        self._heading(lines[0].offset, 1 if "=" in text else 2, heading)
        self._paragraph = []
        return True

    def _text(self, line: _Line) -> None:
        if self._table and line.text.startswith(INDENTED):  # code
            self._end_block()
            self._fences.end_paragraph()
            return
        if self._table:
            self._table = (self._table[0], line)
            return
        if self._paragraph and self._begins_table(line.text):
            self._table = (self._paragraph[-1], line)
            self._paragraph = []
            return
        self._paragraph.append(line)

    def _begins_table(self, text: str) -> bool:
        if "|" not in text or not DELIMITER_ROW.fullmatch(text):
            return False
        return _columns(self._paragraph[-1].text) == _columns(text)

    def _begins_html(self, text: str) -> bool:
        if "<" not in text[:4]:
            return False
        tag = not (self._paragraph or self._table) and TAG.fullmatch(text)
        return bool(RAW.match(text) or BLOCK.match(text) or tag)

    def _html(self, line: _Line) -> None:
        """A line of HTML, in which only <h1> to <h6> are headings."""
        text = line.text
        if self._html_end is None:
            raw = RAW.match(text)
            self._html_end = f"</{raw[1].lower()}>" if raw else ""
        if not self._html_end and (found := HTML_HEADING.fullmatch(text)):
            self._heading(line.offset, int(found[1]), ANY_TAG.sub("", found[2]))
        ends = self._html_end in text.lower() if self._html_end else not text.strip()
        if ends:
            self._html_end = None
            self._fences.end_paragraph()


def _columns(row: str) -> int:
    return len(BAR.findall(row.strip().removeprefix("|").removesuffix("|"))) + 1
