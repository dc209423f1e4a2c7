"""The numbers that Word shows before list items, clauses and headings. Writes no text.

The document holds no numbers: a paragraph names a numbering (w:num) and a level, and a program
counts. Numberings that share a definition (w:abstractNum) count on from each other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from handler.documents.docx.names import Element, is_on, name, number, value
from handler.documents.docx.styles import Styles
from handler.documents.list_numbers import written

LEVELS = 9
MAX_START = 1_000_000  # larger ones are no number of an item
MAX_PATTERN = 100  # characters; Word's own dialog takes fewer
PLACE = re.compile("%([1-9])")
NUMBERING, DEFINITION = name("w:num"), name("w:abstractNum")
NUMBERING_ID, DEFINITION_ID = name("w:numId"), name("w:abstractNumId")
LEVEL, LEVEL_INDEX = name("w:lvl"), name("w:ilvl")
OVERRIDE, START_OVERRIDE = name("w:lvlOverride"), name("w:startOverride")
STYLE_LINK, OF_STYLE = name("w:numStyleLink"), name("w:pStyle")
START, FORMAT, PATTERN = name("w:start"), name("w:numFmt"), name("w:lvlText")
RESTART, LEGAL = name("w:lvlRestart"), name("w:isLgl")


@dataclass(frozen=True)
class _Level:
    """How the items of one level are numbered."""

    format: str = "decimal"
    pattern: str = ""  # "§ %1."
    start: int = 0  # the standard's, if the file does not say it
    restart: int | None = None  # the level (from 1) whose items restart it; 0: none does
    is_legal: bool = False  # upper levels are written in digits
    style: str = ""  # of the paragraphs at this level


@dataclass
class _Numbering:
    """One numbering, with its definition's levels as it overrides them."""

    definition: str
    levels: dict[int, _Level]
    starts: dict[int, int]  # that its first item takes
    begun: set[int] = field(default_factory=set)  # levels of `starts` that were taken


class Numberings:
    """Counts the items of a document, which come in order."""

    def __init__(self, root: Element | None, styles: Styles) -> None:
        self._styles = styles
        self._nums: dict[str, Element] = {}
        self._definitions: dict[str, Element] = {}
        for each in root if root is not None else ():
            if each.tag == NUMBERING:
                self._nums[each.get(NUMBERING_ID, "")] = each
            elif each.tag == DEFINITION:
                self._definitions[each.get(DEFINITION_ID, "")] = each
        self._read: dict[str, _Numbering | None] = {}
        self._levels: dict[str, dict[int, _Level]] = {}  # of each definition
        self._counts: dict[str, dict[int, int]] = {}  # of each definition's levels

    def label(self, num_id: str, level: int | None, style: str) -> tuple[str, int] | None:
        """Count an item, and return what stands before it ("2.1", "-" for a bullet), and its level.

        level: from 0; None if the paragraph does not say it, and then its `style` does. None if
        the numbering is unknown; the label is "" if it shows nothing.
        """
        numbering = self._numbering(num_id)
        if not numbering:
            return None
        levels = numbering.levels
        if level is None:
            level = next((at for at, one in levels.items() if style and one.style == style), 0)
        level = min(max(level, 0), LEVELS - 1)
        counts = self._counts.setdefault(numbering.definition, {})
        _count(counts, level, numbering)
        return _shown(counts, level, levels), level

    def _numbering(self, num_id: str) -> _Numbering | None:
        if num_id not in self._read:
            self._read[num_id] = self._read_numbering(num_id, linked=True)
        return self._read[num_id]

    def _read_numbering(self, num_id: str, *, linked: bool) -> _Numbering | None:
        num = self._nums.get(num_id)
        definition = value(num, DEFINITION_ID)
        if num is None or definition not in self._definitions:
            return None
        link = value(self._definitions[definition], STYLE_LINK)
        if link and linked:
            style = self._styles.get(link)
            by_style = self._read_numbering(style.numbering, linked=False)
            definition = by_style.definition if by_style else definition
        if definition not in self._levels:
            self._levels[definition] = _levels(self._definitions[definition])
        levels, starts = dict(self._levels[definition]), {}
        for override in num.findall(OVERRIDE):
            at = number(override.get(LEVEL_INDEX))
            if at is None or not 0 <= at < LEVELS:
                continue
            levels |= _levels(override)
            start = number(value(override, START_OVERRIDE))
            if start is not None:
                starts[at] = min(start, MAX_START)
        return _Numbering(definition, levels, starts)


def _levels(parent: Element) -> dict[int, _Level]:
    found = {}
    for each in parent.findall(LEVEL):
        at = number(each.get(LEVEL_INDEX))
        if at is None or not 0 <= at < LEVELS:
            continue
        start = number(value(each, START))
        found[at] = _Level(
            format=value(each, FORMAT) or "decimal",
            pattern=(value(each, PATTERN) or "")[:MAX_PATTERN],
            start=min(start or 0, MAX_START),
            restart=number(value(each, RESTART)),
            is_legal=bool(is_on(each, LEGAL)),
            style=value(each, OF_STYLE) or "",
        )
    return found


def _count(counts: dict[int, int], level: int, numbering: _Numbering) -> None:
    start = numbering.starts.get(level)
    if start is not None and level not in numbering.begun:
        numbering.begun.add(level)
        counts[level] = start
    elif level in counts:
        counts[level] += 1
    else:
        counts[level] = numbering.levels.get(level, _Level()).start
    for above in range(level):  # "2.a.I" counts as an item of "2.a"
        counts.setdefault(above, numbering.levels.get(above, _Level()).start)
    for below in range(level + 1, LEVELS):
        restart = numbering.levels.get(below, _Level()).restart
        # restart 2 means: after an item of level 2 or above, that is, of index 1 or 0.
        if below in counts and (restart is None or level < restart):
            del counts[below]


def _shown(counts: dict[int, int], level: int, levels: dict[int, _Level]) -> str:
    this = levels.get(level, _Level())
    if this.format == "bullet":
        return "-"

    def place(found: re.Match[str]) -> str:
        at = int(found[1]) - 1
        of = levels.get(at, _Level())
        format = "decimal" if this.is_legal and of.format != "none" else of.format
        return written(counts.get(at, of.start), format)

    return PLACE.sub(place, this.pattern).strip()
