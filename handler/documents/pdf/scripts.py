"""Raised and lowered text in a line: exponents, indices, numbers of notes, a price's cents.

Decides by size and place. How they are written is said by the module for all formats.
"""

from __future__ import annotations

from dataclasses import dataclass

from handler.documents.pdf.runs import Run
from handler.documents.scripts import Position, script

SMALL = 0.87  # of the text beside it, at most: a script is smaller
SAME = 1.02
# How far a script's base is from that of the text beside it, in its ems. Small capitals and
# recognized text are moved by less; raised text of the same size, by more.
RAISED, LOWERED, MOVED = 0.15, 0.1, 0.25
HIGHEST = 0.85
TOUCHING = 0.12
MAX_HANGING = 4  # characters of a script that is farther from the line than the next line may be


@dataclass(slots=True)
class Script:
    """What is raised or lowered at the end of a line, in one or several pieces."""

    raw: str
    position: Position
    begin: int  # in the segment's text
    start: float  # along the line
    base: float

    def is_in_word(self, after: str) -> bool:
        """Whether it is a capital within a word of capitals, as in a logo, before `after`."""
        return self.raw.isalpha() and self.raw.isupper() and after[0].isupper()


@dataclass(slots=True)
class Beside:
    """The text of a line that is neither raised nor lowered, nearest to its end."""

    base: float
    em: float


def position(run: Run, beside: Beside) -> Position | None:
    """Where `run` stands in relation to the text before it; None if on the same base."""
    share = run.em / beside.em
    if share > SAME or (share > SMALL and not run.text.strip().isdigit()):
        return None
    up = (beside.base - run.base) / beside.em
    least = MOVED if share > SMALL else 0.0
    if max(RAISED, least) <= up <= HIGHEST:
        return "superscript"
    return "subscript" if max(LOWERED, least) <= -up <= HIGHEST else None


def written(text: str, where: Position, before: str) -> str:
    """The raised or lowered `text` as it is written after `before`: never as one number with it."""
    is_initial = where == "superscript" and _is_initial(before, text)
    if is_initial or not any(map(str.isalnum, text)):
        return text
    result = script(text, where, before)
    if result == text and before[-1:].isdigit() and text[0].isdigit():
        return f" {text}"
    return result


def hangs(run: Run, base: float, em: float, gap: float) -> bool:
    """Whether the small `run` touches the end of a line although it is far above or below it."""
    text = run.text.strip()
    return (
        run.em <= SMALL * em
        and abs(run.base - base) <= HIGHEST * em
        and len(text) <= MAX_HANGING
        and text.isalnum()
        and -TOUCHING * em <= gap <= TOUCHING * em
    )


def _is_initial(before: str, text: str) -> bool:
    """Whether `before` is a large first letter, whose word goes on at its top."""
    return len(before) == 1 and before.isupper() and text[:2].isalpha() and text[:2].islower()
