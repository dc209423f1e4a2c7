"""The text inside a paragraph of an OpenDocument file, and what hangs on it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

from handler.documents.scripts import Position, script
from handler.documents.unread import Unread
from handler.documents.xml_tree import Element, attribute, child, children, local

HIDDEN = "pieces of hidden text"
CHARACTERS = {"tab": "\t", "line-break": "\n"}
MAX_SPACES = 100  # of one <text:s/>, which can claim any number
SKIPPED = {"script", "number", "ruby-text", "note-citation", "tracked-changes"}
SHAPES = {"frame", "custom-shape", "rect", "ellipse", "caption", "text-box", "g", "connector"}


@dataclass(frozen=True)
class Rules:
    """How all text of a file is read."""

    skipped: Unread  # a count of what is not
    formula: Callable[[Element], str]  # the text of the one in a frame
    positions: Mapping[str, Position]  # of raised and lowered text, by style
    hidden: Collection[str]  # styles of text that is not shown


@dataclass
class Extras:
    """What is written below a paragraph."""

    rules: Rules
    notes: list[str] = field(default_factory=list)  # a line each
    frames: list[Element] = field(default_factory=list)


def paragraph_text(element: Element, extras: Extras) -> str:
    """The text of a paragraph or heading; "" if it is hidden."""
    is_hidden = attribute(element, "style-name") in extras.rules.hidden or any(
        attribute(each, "is-hidden") == "true" for each in children(element, "hidden-paragraph")
    )
    if is_hidden:
        extras.rules.skipped[HIDDEN] += 1
        return ""
    return "".join(characters(element, extras))


def characters(parent: Element, extras: Extras) -> Iterator[str]:
    """The text in `parent`, in order, in parts."""
    last = _collapsed(parent.text)
    yield last
    for element in parent:
        for part in _characters_of(element, extras, last):
            last = part or last
            yield part
        tail = _collapsed(element.tail)
        last = tail or last
        yield tail


def _characters_of(element: Element, extras: Extras, before: str) -> Iterator[str]:
    """The text of an element in a paragraph. before: the text before it."""
    name, style = local(element), attribute(element, "style-name")
    skipped = extras.rules.skipped
    if name == "s":
        count = attribute(element, "c", "1")
        yield " " * min(int(count) if count.isdecimal() and len(count) < 5 else 1, MAX_SPACES)
    elif name in CHARACTERS:
        yield CHARACTERS[name]
    elif name == "note":
        yield _note(element, extras)
    elif name == "annotation":
        skipped["comments"] += 1
    elif name == "ruby":
        yield from _ruby(element, extras)
    elif name in SHAPES and (formula := extras.rules.formula(element)):
        # 1 and a half is not 11/2.
        yield " " if before[-1:].isalnum() and formula[0].isalnum() else ""
        yield formula
        yield " " if formula[-1].isalnum() and (element.tail or "")[:1].isalnum() else ""
    elif name in SHAPES:
        extras.frames.append(element)
    elif style in extras.rules.hidden or _is_hidden_field(element):
        skipped[HIDDEN] += 1
    elif name == "hidden-text":
        yield attribute(element, "string-value")
    elif position := extras.rules.positions.get(style):
        yield script("".join(characters(element, extras)), position, before)
    elif name not in SKIPPED:
        yield from characters(element, extras)


def _is_hidden_field(element: Element) -> bool:
    """Whether an element is the field that shows a text by a condition, and does not show it."""
    return local(element) == "hidden-text" and attribute(element, "is-hidden", "true") != "false"


def cell_text(cell: Element, rules: Rules) -> str:
    """The text of a table's cell on one line: paragraphs joined by a space, items by "; "."""
    extras = Extras(rules)
    parts: list[str] = []
    for element in cell:
        name = local(element)
        if name in ("p", "h"):
            parts.append(paragraph_text(element, extras))
        elif name == "list":
            items = [cell_text(item, rules) for item in children(element, "list-item")]
            parts.append("; ".join(filter(None, items)))
        elif name == "annotation":
            rules.skipped["comments"] += 1
        elif name not in ("shapes", "tracked-changes", "number"):
            parts.append(cell_text(element, rules))
    parts += [cell_text(frame, rules) for frame in extras.frames]
    return " ".join(filter(None, [*parts, *extras.notes])).strip()


def _note(note: Element, extras: Extras) -> str:
    """The mark of a footnote or endnote; its text goes below the paragraph."""
    citation, body = child(note, "note-citation"), child(note, "note-body")
    mark = f"[{(citation.text or '*').strip()}]" if citation is not None else "[*]"
    text = cell_text(body, extras.rules) if body is not None else ""
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
