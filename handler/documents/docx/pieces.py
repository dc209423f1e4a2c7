"""Joins the pieces of a paragraph's text, by where each stands on its line. Reads no runs."""

from __future__ import annotations

import re
from typing import Literal

from handler.documents.docx.equations import OPEN_END
from handler.documents.docx.names import Element, name, number, value
from handler.documents.scripts import LOWERED, RAISED, Position, script

# A script, a note's mark, what is only set higher or lower, or a formula.
Place = Position | Literal["", "mark", "raised", "lowered", "formula"]
SHIFT = name("w:position")
MIN_SHIFT = 4  # half points; less is no script but a correction
CLOSING_BRACKETS = tuple(")]}")
PUNCTUATION = re.compile(
    "[.,;:!?…)\\]\"'»。、」』\u2019\u201d\uff0c\uff1a\uff1b\uff01\uff1f\uff09]+"
)


def shifted(properties: Element | None) -> Place:
    """Where a run stands that is no script by name, but is set higher or lower."""
    by = number(value(properties, SHIFT)) or 0
    return "raised" if by >= MIN_SHIFT else "lowered" if by <= -MIN_SHIFT else ""


def _moved(piece: str, place: Place, before: str) -> str:
    """A piece that is set higher or lower: a script if it would go on with the word before it."""
    characters = RAISED if place == "raised" else LOWERED
    bare = piece.strip()
    goes_on = before[-1:].isalnum() or before[-1:] in CLOSING_BRACKETS
    is_number = before[-1:].isdigit() and piece[0].isdigit()
    is_script = is_number or all(each in characters for each in bare)
    if not goes_on or piece[0].isspace() or not is_script:
        return piece
    return script(piece, "superscript" if place == "raised" else "subscript", before)


def _is_fused(before: str, place: str, piece: str, next_place: str) -> bool:
    """Whether a formula and what stands beside it would be read as one number or operand."""
    if "formula" not in (place, next_place) or not (before and piece):
        return False
    if before[-1].isdigit() and piece[0].isdigit():  # 2 3/4 cups
        return True
    return place == "formula" and piece[0].isalnum() and bool(OPEN_END.search(before[-50:]))


def joined(pieces: list[tuple[str, Place]]) -> str:
    """The pieces as one text; a note's mark goes behind the punctuation that follows it."""
    text: list[str] = []
    before: Place = ""
    marks, last = "", ""  # last: some text that is not white space, to see what a script follows
    at = 0
    while at < len(pieces):
        piece, position = pieces[at]
        at += 1
        if position == "mark":
            marks += piece
            continue
        same = [piece]  # Word cuts a word into runs; a script is one piece
        while at < len(pieces) and pieces[at][1] == position != "formula":
            same.append(pieces[at][0])
            at += 1
        piece = "".join(same)
        if position == "raised" or position == "lowered":
            piece = _moved(piece, position, last)
        elif position == "superscript" or position == "subscript":
            piece = script(piece, position, last)
        elif marks and (found := PUNCTUATION.match(piece)):
            text.append(found[0])
            piece = piece[found.end() :]
        if not marks and _is_fused(last, before, piece, position):
            text.append(" ")
        text.append(marks)
        text.append(piece)
        marks, last, before = "", piece or last, position
    return "".join(text) + marks
