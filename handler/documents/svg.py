"""SVG: the texts, titles and descriptions in a picture, a line each. Draws and places nothing."""

from __future__ import annotations

from collections.abc import Iterator

from handler.documents.document import Document
from handler.documents.scripts import Position, script
from handler.documents.writer import Writer
from handler.documents.xml_tree import Element, attribute, child, local, parse
from handler.errors import DocumentRejected

# What is not shown where it stands, and what is no text.
SKIPPED = {"style", "script", "metadata", "defs", "clipPath", "mask", "pattern"}
LINES = {"text", "title", "desc", "p", "div", "li", "h1", "h2", "h3"}


def extract_svg(content: bytes) -> Document:
    """The document of a picture. Raises DocumentRejected if it is damaged, or has no text."""
    root = parse(content, "SVG picture")
    writer = Writer("svg")
    title = child(root, "title")
    writer.title = None if title is None else "".join(title.itertext())
    for line in _lines(root):
        writer.separate("\n")
        writer.write(" ".join(line.split()))
    if writer.is_empty:
        raise DocumentRejected(
            "invalid_file", "The SVG picture has no text; its shapes are not read."
        )
    return writer.document()


def _lines(parent: Element) -> Iterator[str]:
    for element in parent:
        name = local(element)
        if name in SKIPPED or _is_hidden(element):
            continue
        if name in LINES:
            if text := "".join(_characters(element)).strip():
                yield text
        else:
            yield from _lines(element)


def _is_hidden(element: Element) -> bool:
    styles = [each.split(":") for each in attribute(element, "style").split(";") if ":" in each]
    values = {pair[0].strip(): pair[1].strip() for pair in styles}
    display = values.get("display", attribute(element, "display"))
    visibility = values.get("visibility", attribute(element, "visibility"))
    return display == "none" or visibility in ("hidden", "collapse")


def _position(element: Element) -> Position | None:
    """Whether text is raised or lowered."""
    shift = attribute(element, "baseline-shift")
    if shift in ("", "0", "baseline"):
        return None
    return "subscript" if shift == "sub" or shift.startswith("-") else "superscript"


def _characters(element: Element) -> Iterator[str]:
    """The text in an element; parts with a place of their own are words of their own."""
    yield element.text or ""
    for each in element:
        if local(each) not in ("title", "desc", "") and not _is_hidden(each):
            if (
                "x" in each.attrib
                or "y" in each.attrib
                or "dy" in each.attrib
                or local(each) == "br"
            ):
                yield " "
            position = _position(each)
            text = "".join(_characters(each))
            yield script(text, position, "x") if position else text
        yield each.tail or ""
