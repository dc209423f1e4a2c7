"""RSS and Atom: each entry under its title, with its date and its text. Fetches nothing."""

from __future__ import annotations

from handler.documents.document import Document
from handler.documents.html import extract_html
from handler.documents.inclusion import include
from handler.documents.work_limit import check_count
from handler.documents.writer import Writer
from handler.documents.xml_tree import (
    Element,
    attribute,
    child,
    children,
    descendants,
    markup,
    parse,
)
from handler.errors import WithoutText
from handler.limits import MAX_FEED_ENTRIES

DATES = ("pubDate", "published", "date", "updated")
# Texts of an entry, the longest form first.
TEXTS = ("encoded", "content", "description", "summary")


def extract_feed(content: bytes) -> Document:
    """The document of a feed. Raises DocumentRejected if it is damaged, or has no text."""
    root = parse(content, "feed")
    writer = Writer("feed", is_markdown=True)
    channel = child(root, "channel")
    about = root if channel is None else channel
    writer.title = _title(about)
    writer.heading(1, writer.title)
    _write_html(writer, _text(about, "description", "subtitle"))
    entries = [*descendants(root, "item", "entry")]
    check_count(len(entries), MAX_FEED_ENTRIES, "The feed has {} entries")
    for entry in entries:
        writer.heading(2, _title(entry) or "Entry without a title")
        writer.separate("\n\n")
        writer.write(_text(entry, *DATES))
        _write_html(writer, _text(entry, *TEXTS))
    return writer.document()


def _title(parent: Element) -> str:
    """A title's text: many feeds write it as HTML."""
    title = _text(parent, "title")
    if "<" not in title and "&" not in title:
        return title
    try:
        return " ".join(extract_html(title).text.split())
    except WithoutText:
        return ""


def _text(parent: Element, *names: str) -> str:
    """The text of the first of these children that has any."""
    for name in names:
        for each in children(parent, name):
            if attribute(each, "type") == "xhtml":  # its markup is part of the XML
                if "".join(each.itertext()).strip():
                    return markup(each)
            elif text := "".join(each.itertext()).strip():
                return text
    return ""


def _write_html(writer: Writer, html: str) -> None:
    if html:
        try:
            include(writer, extract_html(html, is_xml="xmlns" in html), below=2)
        except WithoutText:  # it holds a picture only
            return
