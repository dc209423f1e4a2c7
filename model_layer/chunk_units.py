"""A text in units that chunks are made of: paragraphs, rows of tables, items, parts of long ones.

A chunk border lies between two units, so a unit also says what a border before it would cost.
Tokens add up: where two units meet, WordPiece always splits. Knows no chunks.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from model_layer.safe_split import is_border


@dataclass(frozen=True)
class Outline:
    """What is known of a text's structure. Offsets count characters."""

    headings: Sequence[tuple[int, int]] = ()  # (offset, level) of each, in order; 1 is the highest
    tables: Sequence[tuple[int, int]] = ()  # (start, end) of each, in order; a line is a row
    is_markdown: bool = False  # has code in fences


@dataclass(frozen=True)
class Unit:
    """`text[start:end]`, without white space around it."""

    start: int
    end: int
    tokens: int
    border: int  # one of the costs below
    level: int = 0  # of a heading; 0 if it is none
    leads: bool = False  # belongs to what follows: a heading, a table's header, a fence
    is_prose: bool = False


# What a chunk border before a unit costs, in the unit of `chunk_borders`: less is better.
AT_HEADING = 0
AT_PARAGRAPH = 6
AT_LINE = 10
AT_SENTENCE = 14
AT_WORD = 30
NEVER = 10_000

BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[^\n]*$", re.MULTILINE)
UNDERLINE = re.compile(r"\n {0,3}(?:=+|-+)[ \t]*$", re.MULTILINE)
# A line that makes sense by itself: an item, a row, "name: value".
ENTRY = re.compile(
    r"[ \t]*(?:[-*+•|][ \t]|\d{1,9}[.)][ \t]|[^\n|]{0,200}[ \t]\|[ \t]|[^\n:]{1,80}:[ \t])"
)
SENTENCE_END = re.compile(r"[.!?…。！？][\"')\]»”’]*\s*\Z")
# Units with fewer tokens are joined to their neighbours, so that a border need not be looked for
# at each of a thousand one-word lines.
SMALLEST = 8

Count = Callable[[list[str]], list[int]]  # the tokens of each text
Split = Callable[[str], list[tuple[int, str]]]  # a long text in parts, with their offsets


@dataclass(frozen=True)
class _Block:
    start: int
    end: int
    border: int
    kind: str = "prose"  # "heading", "table", "code"
    level: int = 0


@dataclass(frozen=True)
class UnitFinder:
    """Finds the units of texts.

    capacity: tokens of a unit at most. max_characters: of a unit. split: used for paragraphs that
    are over either.
    """

    count: Count
    split: Split
    capacity: int
    max_characters: int

    def units(self, text: str, start: int, end: int, outline: Outline) -> list[Unit]:
        """The units of `text[start:end]`, in order. They leave out nothing but white space."""
        blocks = list(_blocks(text, start, end, outline))
        counts = self.count([text[block.start : block.end] for block in blocks])
        units: list[Unit] = []
        for block, tokens in zip(blocks, counts, strict=True):
            units += self._block_units(text, block, tokens)
        return _joined(units, self.capacity)

    def _block_units(self, text: str, block: _Block, tokens: int) -> list[Unit]:
        fits = tokens <= self.capacity and block.end - block.start <= self.max_characters
        if block.kind == "table":
            return self._rows(text, block)
        if fits:
            heads = block.kind == "heading"
            prose = block.kind == "prose"
            return [Unit(block.start, block.end, tokens, block.border, block.level, heads, prose)]
        lines = [*_lines(text, block.start, block.end)]
        if block.kind == "code" or _are_entries(text, lines):
            return self._entries(text, block, lines)
        return self._parts(text, block)

    def _rows(self, text: str, block: _Block) -> list[Unit]:
        units = self._entries(text, block, [*_lines(text, block.start, block.end)])
        if len(units) > 1 and block.level:  # the block begins with the table's first row
            units[0] = replace(units[0], leads=True)
        return units

    def _entries(self, text: str, block: _Block, lines: list[tuple[int, int]]) -> list[Unit]:
        """A unit for each line; a line that does not fit is split."""
        counts = self.count([text[start:end] for start, end in lines])
        units: list[Unit] = []
        for (start, end), tokens in zip(lines, counts, strict=True):
            border = AT_LINE if units else block.border
            if tokens <= self.capacity and end - start <= self.max_characters:
                units.append(Unit(start, end, tokens, border))
            else:
                units += self._parts(text, _Block(start, end, border))
        if block.kind == "code" and len(units) > 1:  # a fence belongs to the code beside it
            if FENCE.match(text, units[0].start, units[0].end):
                units[0] = replace(units[0], leads=True)
            if FENCE.match(text, units[-1].start, units[-1].end):
                units[-1] = replace(units[-1], border=NEVER)
        return units

    def _parts(self, text: str, block: _Block) -> list[Unit]:
        """A long paragraph in sentences, words or, at worst, characters."""
        spans = [
            span
            for offset, part in self.split(text[block.start : block.end])
            for span in _within(
                text, block.start + offset, block.start + offset + len(part), self.max_characters
            )
        ]
        counts = self.count([text[start:end] for start, end in spans])
        units: list[Unit] = []
        for (start, end), tokens in zip(spans, counts, strict=True):
            if not units:
                units.append(
                    Unit(
                        start,
                        end,
                        tokens,
                        block.border,
                        block.level,
                        block.level > 0,
                        is_prose=True,
                    )
                )
                continue
            last = units[-1]
            if _is_apart(text, last.end, start):
                border = AT_SENTENCE if SENTENCE_END.search(text, last.start, start) else AT_WORD
                units.append(Unit(start, end, tokens, border, is_prose=True))
                continue
            # The border cuts a word: its parts' tokens do not add up, so they are counted as one.
            (whole,) = self.count([text[last.start : end]])
            if whole <= self.capacity and end - last.start <= self.max_characters:
                units[-1] = replace(last, end=end, tokens=whole)
            else:
                units.append(Unit(start, end, tokens, -NEVER, is_prose=True))
        return units


def _blocks(text: str, start: int, end: int, outline: Outline) -> Iterator[_Block]:
    """Headings, tables, fenced code and paragraphs, in order, without white space around them."""
    for place, stop, kind, level in _marked(text, start, end, outline):
        if kind == "prose":
            yield from _paragraphs(text, place, stop, outline)
        else:
            border = AT_HEADING if kind == "heading" else AT_PARAGRAPH
            yield from _stripped(text, _Block(place, stop, border, kind, level))


def _marked(
    text: str, start: int, end: int, outline: Outline
) -> Iterator[tuple[int, int, str, int]]:
    """(start, end, kind, level) of the stretches of `text[start:end]` between marks."""
    marks: list[tuple[int, int, str, int]] = []
    for offset, level in _from(outline.headings, start, end):
        marks.append((offset, min(_heading_end(text, offset), end), "heading", level))
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


def _heading_end(text: str, offset: int) -> int:
    """Where a heading's line ends, or the line that underlines it."""
    line_end = text.find("\n", offset)
    if line_end < 0:
        return len(text)
    if not text.startswith("#", offset):
        paragraph_end = BLANK_LINES.search(text, offset)
        underline = UNDERLINE.search(
            text, offset, paragraph_end.start() if paragraph_end else len(text)
        )
        if underline:
            return underline.end()
    return line_end


def _paragraphs(text: str, start: int, end: int, outline: Outline) -> Iterator[_Block]:
    for begin, stop, kind in (
        _fenced(text, start, end) if outline.is_markdown else [(start, end, "prose")]
    ):
        if kind == "code":
            yield from _stripped(text, _Block(begin, stop, AT_PARAGRAPH, kind))
            continue
        for blank in BLANK_LINES.finditer(text, begin, stop):
            yield from _stripped(text, _Block(begin, blank.start(), AT_PARAGRAPH))
            begin = blank.end()
        yield from _stripped(text, _Block(begin, stop, AT_PARAGRAPH))


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


def _stripped(text: str, block: _Block) -> Iterator[_Block]:
    """The block without white space around it; none if nothing is left."""
    start, end = block.start, block.end
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield replace(block, start=start, end=end)


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The lines that are not blank, without white space around them."""
    for line in re.compile(r"[^\n]+").finditer(text, start, end):
        for block in _stripped(text, _Block(line.start(), line.end(), AT_LINE)):
            yield block.start, block.end


def _are_entries(text: str, lines: Sequence[tuple[int, int]]) -> bool:
    """Whether most lines make sense by themselves."""
    entries = sum(bool(ENTRY.match(text, start, end)) for start, end in lines)
    return len(lines) > 1 and entries * 2 > len(lines)


def _within(text: str, start: int, end: int, most: int) -> Iterator[tuple[int, int]]:
    """`text[start:end]`, halved until no part has more than `most` characters."""
    if end - start <= most:
        for block in _stripped(text, _Block(start, end, 0)):
            yield block.start, block.end
        return
    middle = (start + end) // 2
    # Halve between two words, unless one word is half of it.
    space = max(text.rfind(mark, start + 1, middle) for mark in " \n\t")
    middle = space if space > start else middle
    yield from _within(text, start, middle, most)
    yield from _within(text, middle, end, most)


def _is_apart(text: str, end: int, start: int) -> bool:
    """Whether WordPiece always splits between `text[:end]` and `text[start:]`."""
    return end < start or is_border(text[start]) or is_border(text[end - 1])


def _joined(units: Iterable[Unit], capacity: int) -> list[Unit]:
    """The units, with runs of very small ones as one."""
    joined: list[Unit] = []
    for unit in units:
        last = joined[-1] if joined else None
        if (
            last is not None
            and max(last.tokens, unit.tokens) < SMALLEST
            and last.tokens + unit.tokens <= capacity
            and not (last.leads or unit.leads or unit.border == -NEVER)
            and unit.end - last.start <= 1_000
        ):
            joined[-1] = replace(last, end=unit.end, tokens=last.tokens + unit.tokens)
        else:
            joined.append(unit)
    return joined
