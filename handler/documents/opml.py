"""OPML: an outline, such as a list of feeds, as a nested list. Fetches nothing."""

from __future__ import annotations

from handler.documents.document import Document
from handler.documents.writer import Writer
from handler.documents.xml_tree import Element, attribute, child, children, parse

# What an item can say, the first that is there.
TEXTS = ("text", "title")
NOTES = ("_note", "description")
ADDRESSES = ("htmlUrl", "url", "xmlUrl")
MAX_INDENT = 8  # levels


def extract_opml(content: bytes) -> Document:
    """The document of an outline. Raises DocumentRejected if it is damaged, or has no text."""
    root = parse(content, "OPML outline")
    writer = Writer("opml", is_markdown=True)
    title = child(root, "head", "title")
    writer.title = None if title is None else title.text
    writer.heading(1, writer.title or "")
    body = child(root, "body")
    if body is not None:
        _write(writer, body, 0)
    return writer.document()


def _write(writer: Writer, parent: Element, depth: int) -> None:
    indent = "  " * min(depth, MAX_INDENT)
    for item in children(parent, "outline"):
        text = _first(item, TEXTS)
        address = _first(item, ADDRESSES)
        line = f"{text} ({address})" if text and address else text or address
        if line:
            writer.separate("\n")
            writer.write(f"{indent}- {line}")
        if note := _first(item, NOTES):
            writer.separate("\n")
            writer.write(f"{indent}  {note}")
        _write(writer, item, depth + 1)


def _first(item: Element, names: tuple[str, ...]) -> str:
    texts = (" ".join(attribute(item, name).split()) for name in names)
    return next(filter(None, texts), "")
