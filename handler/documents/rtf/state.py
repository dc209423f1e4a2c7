"""How text is read at a place in a Rich Text file: what a group inherits. Reads no token."""

from __future__ import annotations

from dataclasses import dataclass

from handler.documents.rtf.code_pages import DEFAULT
from handler.documents.scripts import Position

POSITIONS: dict[bytes, Position | None] = {
    b"super": "superscript",
    b"up": "superscript",
    b"sub": "subscript",
    b"dn": "subscript",
    b"nosupersub": None,
}
HIDDEN = {b"v": "pieces of hidden text", b"deleted": "tracked deletions"}


@dataclass(frozen=True, slots=True)
class State:
    """What a group inherits and its end restores."""

    place: str = "body"  # where text goes: "body", "notes", "fonts" … or "" for nowhere
    page: str = DEFAULT  # the code page
    font: int = 0
    fallback: int = 1  # characters that follow \\u for older programs
    hidden: str = ""  # what a warning calls its text, if it is not shown
    position: Position | None = None  # of raised and lowered text
