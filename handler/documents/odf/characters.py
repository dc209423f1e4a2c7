"""The text inside a paragraph of an OpenDocument file, and what hangs on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from handler.documents.scripts import Position, script
from handler.documents.unread import Unread
from handler.documents.xml_tree import Element, attribute, child, children, local

MAX_SPACES = 100  # of one <text:s/>, which can claim any number
SKIPPED = {"hidden-text", "script", "ruby-text", "note-citation", "tracked-changes"}
SHAPES = {"frame", "custom-shape", "rect", "ellipse", "caption", "text-box", "g", "connector"}


@dataclass
class Extras:
    """What is written below a paragraph, and a count of what is not."""

    skipped: Unread
    positions: Mapping[str, Position] = field(default_factory=dict)  # of raised text, by style
    notes: list[str] = field(default_factory=list)  # a line each
    frames: list[Element] = field(default_factory=list)


def characters(parent: Element, extras: Extras) -> Iterator[str]:
    """The text in `parent`, in order, in parts."""
    yield _collapsed(parent.text)
    for element in parent:
        name = local(element)
        if name == "s":
            count = attribute(element, "c", "1")
            yield " " * min(int(count) if count.isdecimal() and len(count) < 5 else 1, MAX_SPACES)
        elif name == "tab":
            yield "\t"
        elif name == "line-break":
            yield "\n"
        elif name == "note":
            yield _note(element, extras)
        elif name == "annotation":
            extras.skipped["comments"] += 1
        elif name == "ruby":
            yield from _ruby(element, extras)
        elif name in SHAPES:
            extras.frames.append(element)
        elif position := extras.positions.get(attribute(element, "style-name")):
            # Only its own text is known here, so what stands before it counts as a word.
            yield script("".join(characters(element, extras)), position, "x")
        elif name not in SKIPPED:
            yield from characters(element, extras)
        yield _collapsed(element.tail)


def cell_text(cell: Element, skipped: Unread) -> str:
    """The text of a table's cell on one line: paragraphs joined by a space, items by "; "."""
    extras = Extras(skipped)
    parts: list[str] = []
    for element in cell:
        name = local(element)
        if name in ("p", "h"):
            parts.append("".join(characters(element, extras)))
        elif name == "list":
            items = [cell_text(item, skipped) for item in children(element, "list-item")]
            parts.append("; ".join(filter(None, items)))
        elif name == "annotation":
            skipped["comments"] += 1
        elif name not in ("shapes", "tracked-changes"):
            parts.append(cell_text(element, skipped))
    parts += [cell_text(frame, skipped) for frame in extras.frames]
    return " ".join(filter(None, [*parts, *extras.notes])).strip()


def _note(note: Element, extras: Extras) -> str:
    """The mark of a footnote or endnote; its text goes below the paragraph."""
    citation, body = child(note, "note-citation"), child(note, "note-body")
    mark = f"[{(citation.text or '*').strip()}]" if citation is not None else "[*]"
    text = cell_text(body, extras.skipped) if body is not None else ""
    if text:
        extras.notes.append(f"{mark} {text}")
    return mark if text else ""


def _ruby(ruby: Element, extras: Extras) -> Iterator[str]:
    """East Asian text with its reading in brackets."""
    for base in children(ruby, "ruby-base"):
        yield from characters(base, extras)
    for reading in children(ruby, "ruby-text"):
        yield f"({reading.text or ''})"


def _collapsed(text: str | None) -> str:
    """White space in the XML stands for one space."""
    if not text:
        return ""
    words = " ".join(text.split())
    return (
        (" " if text[0].isspace() else "") + words + (" " if words and text[-1].isspace() else "")
    )
