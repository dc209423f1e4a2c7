"""A text in units that chunks are made of: paragraphs, rows, items, and parts of long ones.

A chunk border lies between two units, so a unit also says what a border before it would cost.
Tokens add up: where two units meet, WordPiece always splits. Knows no chunks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from model_layer.chunk_blocks import (
    ALWAYS,
    AT_LINE,
    AT_SENTENCE,
    AT_WORD,
    FENCE,
    NEVER,
    Block,
    Outline,
    find_blocks,
    stripped,
)
from model_layer.chunk_gaps import is_apart


@dataclass(frozen=True)
class Unit:
    """`text[start:end]`, without white space around it."""

    start: int
    end: int
    tokens: int
    border: int  # the cost of a chunk border before it: one of those in `chunk_blocks`
    level: int = 0  # of a heading; 0 if it is none
    leads: bool = False  # belongs to what follows: a heading, a table's header, a fence
    is_prose: bool = False


# A line that makes sense by itself: an item, a row, "name: value".
ENTRY = re.compile(
    r"[ \t]*(?:[-*+•|][ \t]|\d{1,9}[.)][ \t]|[^\n|]{0,200}[ \t]\|[ \t]|[^\n:]{1,80}:[ \t])"
)
DELIMITERS = re.compile(r"[-:| \t]+")  # the line below a Markdown table's header
LINE_BEGIN = re.compile(r"\n[ \t]*(\w)")
WRAPPED = 4  # one line in so many begins with a small letter, if a paragraph is wrapped
SENTENCE_END = re.compile(r"[.!?…。！？][\"')\]»”’]*\s*\Z")
# Units with fewer tokens are joined to their neighbours, so that a border need not be looked for
# at each of a thousand one-word lines.
SMALLEST = 8

Count = Callable[[list[str]], list[int]]  # the tokens of each text
Split = Callable[[str], list[tuple[int, str]]]  # a long text in parts, with their offsets


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
        blocks = list(find_blocks(text, start, end, outline))
        counts = self.count([text[block.start : block.end] for block in blocks])
        units: list[Unit] = []
        for block, tokens in zip(blocks, counts, strict=True):
            found = self._block_units(text, block, tokens)
            # An outline may cut a word, and the tokens of a word's parts do not add up.
            if units and found and not is_apart(text, units[-1].end, found[0].start):
                found[0] = replace(found[0], border=ALWAYS)
            units += found
        return _joined(units, self.capacity)

    def _block_units(self, text: str, block: Block, tokens: int) -> list[Unit]:
        fits = self._fits(tokens, block.start, block.end)
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

    def _fits(self, tokens: int, start: int, end: int) -> bool:
        return tokens <= self.capacity and end - start <= self.max_characters

    def _rows(self, text: str, block: Block) -> list[Unit]:
        units = self._entries(text, block, [*_lines(text, block.start, block.end)])
        if block.level:  # the block begins with the table's first row
            for index, unit in enumerate(units):
                if index and not DELIMITERS.fullmatch(text, unit.start, unit.end):
                    break
                units[index] = replace(unit, leads=True)
        return units

    def _entries(self, text: str, block: Block, lines: list[tuple[int, int]]) -> list[Unit]:
        """A unit for each line; a line that does not fit is split."""
        counts = self.count([text[start:end] for start, end in lines])
        units: list[Unit] = []
        for (start, end), tokens in zip(lines, counts, strict=True):
            border = AT_LINE if units else block.border
            if self._fits(tokens, start, end):
                units.append(Unit(start, end, tokens, border))
            else:
                units += self._parts(text, Block(start, end, border))
        if block.kind == "code" and len(units) > 1:  # a fence belongs to the code beside it
            if FENCE.match(text, units[0].start, units[0].end):
                units[0] = replace(units[0], leads=True)
            if FENCE.match(text, units[-1].start, units[-1].end):
                units[-1] = replace(units[-1], border=NEVER)
        return units

    def _parts(self, text: str, block: Block) -> list[Unit]:
        """A long paragraph in sentences, words or, at worst, characters."""
        paragraph = text[block.start : block.end]
        if _is_wrapped(paragraph):  # then a line's end is no better a border than a space
            paragraph = paragraph.replace("\n", " ")
        spans = [
            span
            for offset, part in self.split(paragraph)
            for span in _within(
                text, block.start + offset, block.start + offset + len(part), self.max_characters
            )
        ]
        counts = self.count([text[start:end] for start, end in spans])
        units: list[Unit] = []
        for (start, end), tokens in zip(spans, counts, strict=True):
            part = Unit(start, end, tokens, AT_WORD, is_prose=True)
            if not units:
                head = block.kind == "heading"
                units.append(replace(part, border=block.border, level=block.level, leads=head))
            elif is_apart(text, units[-1].end, start):
                is_sentence = SENTENCE_END.search(text, units[-1].start, start)
                units.append(replace(part, border=AT_SENTENCE) if is_sentence else part)
            else:
                units[-1:] = self._whole(text, units[-1], part)
        return units

    def _whole(self, text: str, last: Unit, part: Unit) -> list[Unit]:
        """Two units that a word lies across: as one if it fits, else with a border for certain.

        The tokens of a word's parts do not add up.
        """
        (tokens,) = self.count([text[last.start : part.end]])
        if self._fits(tokens, last.start, part.end):
            return [replace(last, end=part.end, tokens=tokens)]
        return [last, replace(part, border=ALWAYS)]


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The lines that are not blank, without white space around them."""
    for line in re.compile(r"[^\n]+").finditer(text, start, end):
        for block in stripped(text, Block(line.start(), line.end(), AT_LINE)):
            yield block.start, block.end


def _are_entries(text: str, lines: Sequence[tuple[int, int]]) -> bool:
    """Whether most lines make sense by themselves."""
    entries = sum(bool(ENTRY.match(text, start, end)) for start, end in lines)
    return len(lines) > 1 and entries * 2 > len(lines)


def _is_wrapped(paragraph: str) -> bool:
    """Whether its lines end where a page did, rather than where a sentence does."""
    begins: list[str] = LINE_BEGIN.findall(paragraph)
    return sum(begin.islower() for begin in begins) * WRAPPED > len(begins)


def _within(text: str, start: int, end: int, most: int) -> Iterator[tuple[int, int]]:
    """`text[start:end]`, halved until no part has more than `most` characters."""
    if end - start <= most:
        for block in stripped(text, Block(start, end, 0)):
            yield block.start, block.end
        return
    middle = (start + end) // 2
    # Halve between two words, unless one word is half of it.
    space = max(text.rfind(mark, start + 1, middle) for mark in " \n\t")
    middle = space if space > start else middle
    yield from _within(text, start, middle, most)
    yield from _within(text, middle, end, most)


def _joined(units: Iterable[Unit], capacity: int) -> list[Unit]:
    """The units, with runs of very small ones as one."""
    joined: list[Unit] = []
    for unit in units:
        last = joined[-1] if joined else None
        if (
            last is not None
            and max(last.tokens, unit.tokens) < SMALLEST
            and last.tokens + unit.tokens <= capacity
            and not (last.leads or unit.leads or unit.border == ALWAYS)
            and unit.end - last.start <= 1_000
        ):
            joined[-1] = replace(last, end=unit.end, tokens=last.tokens + unit.tokens)
        else:
            joined.append(unit)
    return joined
