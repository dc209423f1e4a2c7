"""The numbers before list items and headings of an OpenDocument file: 3., b), IV., 1.1.

Counts items, which come in order. Writes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from handler.documents.list_numbers import written
from handler.documents.xml_tree import Element, attribute, local

LEVELS = 10
MAX_START = 1_000_000  # larger ones are no number of an item
MAX_BESIDE = 50  # characters before or after a number
FORMATS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
FORMATS |= {"": "none", "01, 02, 03, ...": "decimalZero"}
PLACE = re.compile(r"%(\d{1,2})%")


@dataclass(frozen=True)
class Level:
    """How the items of one level are numbered."""

    format: str = "decimal"
    prefix: str = ""
    suffix: str = ""
    start: int = 1
    shown: int = 1  # how many levels the number shows, its own included
    pattern: str = ""  # "%1%.%2%." as newer programs say it


@dataclass
class Counts:
    """How far a list has counted, by level from 1."""

    at: dict[int, int] = field(default_factory=dict)

    def count(self, levels: Mapping[int, Level], level: int, start: int | None) -> None:
        """Count an item. start: its number, if it states one."""
        first = levels.get(level, Level()).start
        self.at[level] = start if start is not None else self.at.get(level, first - 1) + 1
        for below in [each for each in self.at if each > level]:
            del self.at[below]

    def label(self, levels: Mapping[int, Level], level: int) -> str:
        """The last item's number as it is shown; "" if none is."""
        this = levels.get(level)
        if this is None or this.format == "none":
            return ""

        def number(at: int) -> str:
            of = levels.get(at, Level())
            return written(self.at.get(at, of.start), of.format)

        if this.pattern:
            return PLACE.sub(lambda found: number(int(found[1])), this.pattern).strip()
        first = max(level - this.shown + 1, 1)
        numbers = filter(None, map(number, range(first, level + 1)))
        return f"{this.prefix}{'.'.join(numbers)}{this.suffix}".strip()


class ListCounts:
    """The counts of all lists: one may go on with those of another."""

    def __init__(self) -> None:
        self._by_id: dict[str, Counts] = {}
        self._by_style: dict[str, Counts] = {}

    def of(self, element: Element, style: str) -> Counts:
        """The counts for a list, new ones unless it goes on."""
        counts = self._by_id.get(attribute(element, "continue-list"))
        if counts is None and attribute(element, "continue-numbering") == "true":
            counts = self._by_style.get(style)
        counts = Counts() if counts is None else counts
        self._by_style[style] = counts
        if id_ := attribute(element, "id"):
            self._by_id[id_] = counts
        return counts


def levels_of(style: Element) -> dict[int, Level]:
    """The levels of a list style, or of the outline's, that have numbers."""
    found = {}
    for each in style:
        number = whole(attribute(each, "level"))
        is_numbered = local(each) in ("list-level-style-number", "outline-level-style")
        if is_numbered and number is not None and 1 <= number <= LEVELS:
            found[number] = _level(each)
    return found


def _level(element: Element) -> Level:
    format = attribute(element, "num-format", "1")
    prefix = attribute(element, "num-prefix")[:MAX_BESIDE]
    suffix = attribute(element, "num-suffix")[:MAX_BESIDE]
    pattern = attribute(element, "num-list-format")[: 2 * MAX_BESIDE]
    is_bare = local(element) == "list-level-style-number" and not prefix + suffix + pattern
    start, shown = (
        whole(attribute(element, "start-value")),
        whole(attribute(element, "display-levels")),
    )
    return Level(
        format=FORMATS.get(format, "decimal"),
        prefix=prefix,
        suffix="." if is_bare else suffix,  # so that the item is one in Markdown
        start=1 if start is None else start,
        shown=shown or 1,
        pattern=pattern,
    )


def whole(text: str) -> int | None:
    """A number that an attribute states; None if it states none."""
    return min(int(text), MAX_START) if text.isdecimal() and len(text) < 10 else None
