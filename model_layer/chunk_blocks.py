"""A text in blocks: headings, tables, code in fences, and the paragraphs between them.

Does not count tokens.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Outline:
    """What is known of a text's structure. Offsets count characters."""

    headings: Sequence[tuple[int, int]] = ()  # (offset, level) of each, in order; 1 is the highest
    tables: Sequence[tuple[int, int]] = ()  # (start, end) of each, in order; a line is a row
    is_markdown: bool = False  # has code in fences


@dataclass(frozen=True)
class Block:
    start: int
    end: int
    border: int
    kind: str = "prose"  # "heading", "table", "code"
    level: int = 0


# What a chunk border costs: less is better. (`chunk_borders` has the other costs.)
AT_HEADING = 0
AT_PARAGRAPH = 6
AT_LINE = 10
AT_SENTENCE = 14
AT_WORD = 30
NEVER = 10_000
ALWAYS = -NEVER  # there must be a border

BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[^\n]*$", re.MULTILINE)
UNDERLINE_OR_BLANK = re.compile(r"(?P<underline>\n {0,3}(?:=+|-+)[ \t]*$)|\n[ \t]*\n", re.MULTILINE)
UNDERLINE_MOST = 1_000  # characters of a line that is looked at beyond the end of a window


def find_blocks(text: str, start: int, end: int, outline: Outline) -> Iterator[Block]:
    """Headings, tables, fenced code and paragraphs, in order, without white space around them."""
    for place, stop, kind, level in _marked(text, start, end, outline):
        if kind == "prose":
            yield from _paragraphs(text, place, stop, outline)
        else:
            border = AT_HEADING if kind == "heading" else AT_PARAGRAPH
            yield from stripped(text, Block(place, stop, border, kind, level))


def _marked(
    text: str, start: int, end: int, outline: Outline
) -> Iterator[tuple[int, int, str, int]]:
    """(start, end, kind, level) of the stretches of `text[start:end]` between marks."""
    marks = [*_headings(text, start, end, outline)]
    for begin, stop in _from(outline.tables, start, end):
        marks.append((begin, min(stop, end), "table", 1))
    first = bisect_right(outline.tables, start, key=lambda table: table[0]) - 1
    if first >= 0 and outline.tables[first][0] < start < outline.tables[first][1]:
        marks.append((start, min(outline.tables[first][1], end), "table", 0))  # its rest
    position = start
    for begin, stop, kind, level in sorted(marks):
        if begin < position:  # a heading in a table
            continue
        if position < begin:
            yield position, begin, "prose", 0
        yield begin, stop, kind, level
        position = stop
    if position < end:
        yield position, end, "prose", 0


def _from(marks: Sequence[tuple[int, int]], start: int, end: int) -> Sequence[tuple[int, int]]:
    def at(mark: tuple[int, int]) -> int:
        return mark[0]

    return marks[bisect_left(marks, start, key=at) : bisect_left(marks, end, key=at)]


def _headings(
    text: str, start: int, end: int, outline: Outline
) -> Iterator[tuple[int, int, str, int]]:
    """(start, end, "heading", level) of each: its line, or up to the line that underlines it."""
    mark, looked = None, start  # the first underline or blank line after the headings so far
    for offset, level in _from(outline.headings, start, end):
        stop = text.find("\n", offset, end)
        if stop >= 0 and not text.startswith("#", offset):
            if looked <= offset:
                mark = UNDERLINE_OR_BLANK.search(text, offset, end + UNDERLINE_MOST)
                looked = mark.start() + 1 if mark else end
            if mark and mark["underline"]:
                stop = min(mark.end(), end)
        yield offset, end if stop < 0 else stop, "heading", level


def _paragraphs(text: str, start: int, end: int, outline: Outline) -> Iterator[Block]:
    for begin, stop, kind in (
        _fenced(text, start, end) if outline.is_markdown else [(start, end, "prose")]
    ):
        if kind == "code":
            yield from stripped(text, Block(begin, stop, AT_PARAGRAPH, kind))
            continue
        for blank in BLANK_LINES.finditer(text, begin, stop):
            yield from stripped(text, Block(begin, blank.start(), AT_PARAGRAPH))
            begin = blank.end()
        yield from stripped(text, Block(begin, stop, AT_PARAGRAPH))


def _fenced(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """(start, end, kind) of the code in fences and of what lies between."""
    position, opened = start, None
    for line in FENCE.finditer(text, start, end):
        if opened is None:
            yield position, line.start(), "prose"
            opened = line
        elif line[1].startswith(opened[1]) and line.end() - line.start(1) == len(line[1].rstrip()):
            yield opened.start(), line.end(), "code"
            position, opened = line.end(), None
    if opened is not None:  # its end is not here
        yield opened.start(), end, "code"
    else:
        yield position, end, "prose"


def stripped(text: str, block: Block) -> Iterator[Block]:
    """The block without white space around it; none if nothing is left."""
    start, end = block.start, block.end
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield replace(block, start=start, end=end)
