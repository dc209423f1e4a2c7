"""The number or bullet before a paragraph on a slide. Counts by level, as PowerPoint does."""

from __future__ import annotations

from handler.documents.list_numbers import written
from handler.documents.xml_tree import Element, attribute, child

MAX_LEVEL = 8
MAX_START = 32_767  # the standard's own limit
# The first part of a type such as "alphaLcParenR"; the rest says what stands beside the number.
FORMATS = {
    "arabic": "decimal",
    "alphaLc": "lowerLetter",
    "alphaUc": "upperLetter",
    "romanLc": "lowerRoman",
    "romanUc": "upperRoman",
    "arabicDb": "decimalFullWidth",
    "circleNumDb": "decimalEnclosedCircle",
    "ea1Chs": "chineseCounting",
    "ea1Cht": "taiwaneseCounting",
    "ea1JpnKor": "japaneseCounting",
    "thaiAlpha": "thaiLetters",
    "thaiNum": "thaiNumbers",
    "hindiAlpha": "hindiNumbers",
    "hindiNum": "hindiNumbers",
    "hebrew2": "hebrew2",
}
BESIDE = {"ParenBoth": "({})", "ParenR": "{})", "Period": "{}.", "Minus": "{} -", "Plain": "{}"}


class ListMarks:
    """Counts the paragraphs of one shape, which come in order."""

    def __init__(self) -> None:
        self._counts: dict[int, tuple[str, int]] = {}  # level → the list's kind, its last number

    def of(self, style: Element | None, *, is_list: bool) -> str:
        """What stands before a paragraph with its indent; "" if nothing does.

        style: its a:pPr. is_list: whether it has a bullet unless it says otherwise.
        """
        stated = attribute(style, "lvl", "0") if style is not None else "0"
        level = int(stated) if stated in tuple("012345678") else 0
        indent = "  " * level
        self._counts = {at: count for at, count in self._counts.items() if at <= level}
        numbering = child(style, "buAutoNum")
        if numbering is not None:
            return f"{indent}{self._number(numbering, level)} "
        self._counts.pop(level, None)
        has_bullet = is_list and child(style, "buNone") is None
        return f"{indent}- " if has_bullet or child(style, "buChar") is not None else ""

    def _number(self, numbering: Element, level: int) -> str:
        type_, start = attribute(numbering, "type", "arabicPeriod"), _start(numbering)
        kind, number = f"{type_} {start}", start
        if level in self._counts and self._counts[level][0] == kind:
            number = self._counts[level][1] + 1
        self._counts[level] = (kind, number)
        for ending, beside in BESIDE.items():
            if type_.endswith(ending):
                return beside.format(written(number, FORMATS.get(type_.removesuffix(ending), "")))
        return written(number, FORMATS.get(type_, "")) + ("" if type_ in FORMATS else ".")


def _start(numbering: Element) -> int:
    """The number of a list's first item."""
    start = attribute(numbering, "startAt", "1")
    return min(int(start), MAX_START) if start.isdecimal() and len(start) < 6 else 1
