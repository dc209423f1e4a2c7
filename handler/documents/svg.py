"""SVG: the texts, titles and descriptions in a picture, a line each. Draws and places nothing.

Hidden text is left out and counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from handler.documents.document import Document
from handler.documents.scripts import Position, script
from handler.documents.writer import Writer
from handler.documents.xml_tree import Element, attribute, child, descendants, local, parse
from handler.errors import DocumentRejected

# What is not shown where it stands, and what is no text.
SKIPPED = {"style", "script", "metadata", "defs", "clipPath", "mask", "pattern"}
# A rule for elements of a class: .note { display: none }
RULE = re.compile(r"\.([\w-]+)\s*\{([^{}]*)\}")
LINES = {"text", "title", "desc", "p", "div", "li", "h1", "h2", "h3"}


def extract_svg(content: bytes) -> Document:
    """The document of a picture. Raises DocumentRejected if it is damaged, or has no text."""
    root = parse(content, "SVG picture")
    writer = Writer("svg")
    title = child(root, "title")
    writer.title = None if title is None else "".join(title.itertext())
    hidden = _Hidden(root)
    for line in _lines(root, hidden):
        writer.separate("\n")
        writer.write(" ".join(line.split()))
    if hidden.count:
        writer.warn(f"Not read: pieces of hidden text ({hidden.count:,}).")
    if writer.is_empty:
        raise DocumentRejected(
            "invalid_file", "The SVG picture has no text; its shapes are not read."
        )
    return writer.document()


class _Hidden:
    """Tells the elements that are not shown, and counts those with text."""

    def __init__(self, root: Element) -> None:
        self.count = 0
        sheets = "".join("".join(each.itertext()) for each in descendants(root, "style"))
        self._classes = {
            found[1] for found in RULE.finditer(sheets) if _hides(_declared(found[2]), {})
        }

    def __contains__(self, element: Element) -> bool:
        is_hidden = _hides(_declared(attribute(element, "style")), element.attrib)
        is_hidden |= not self._classes.isdisjoint(attribute(element, "class").split())
        self.count += is_hidden and any(each.strip() for each in element.itertext())
        return is_hidden


def _declared(css: str) -> dict[str, str]:
    """The properties in a style's declarations."""
    pairs = (each.partition(":") for each in css.split(";"))
    return {name.strip(): value.removesuffix("!important").strip() for name, _, value in pairs}


def _hides(style: Mapping[str, str], attributes: Mapping[str, str]) -> bool:
    display = style.get("display") or attributes.get("display")
    visibility = style.get("visibility") or attributes.get("visibility")
    return display == "none" or visibility in ("hidden", "collapse")


def _lines(parent: Element, hidden: _Hidden) -> Iterator[str]:
    for element in parent:
        name = local(element)
        if not name or name in SKIPPED or element in hidden:
            continue
        if name in LINES:
            if text := "".join(_characters(element, hidden)).strip():
                yield text
        else:
            yield from _lines(element, hidden)


def _position(element: Element) -> Position | None:
    """Whether text is raised or lowered."""
    style = _declared(attribute(element, "style"))
    shift = style.get("baseline-shift") or attribute(element, "baseline-shift")
    if shift in ("", "0", "baseline"):
        return None
    return "subscript" if shift == "sub" or shift.startswith("-") else "superscript"


def _characters(element: Element, hidden: _Hidden) -> Iterator[str]:
    """The text in an element; parts with a place of their own are words of their own."""
    last = element.text or ""
    yield last
    for each in element:
        if local(each) not in ("title", "desc", "") and each not in hidden:
            position = _position(each)
            is_apart = not position and not {"x", "y", "dy"}.isdisjoint(each.attrib)
            if is_apart or local(each) == "br":
                yield " "
            text = "".join(_characters(each, hidden))
            yield script(text, position, last) if position else text
            last = text or last
        last = each.tail or last
        yield each.tail or ""
