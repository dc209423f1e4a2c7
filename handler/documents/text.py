"""Plain text and Markdown: kept as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handler.documents.document import Document
from handler.documents.writer import Writer, clean

# CommonMark's: ATX and setext headings, and the fences of code (spec.commonmark.org/0.31.2).
ATX = re.compile(r" {0,3}#{1,6}(?:[ \t]+(?P<text>.*?))??(?:[ \t]+#+)?[ \t]*")
UNDERLINE = re.compile(r" {0,3}(?:=+|-+)[ \t]*")
FENCE = re.compile(r" {0,3}(?P<fence>`{3,}|~{3,})(?P<info>.*)")
# What a line of paragraph text does not begin with; a line of dashes under it is no underline.
NOT_TEXT = re.compile(r" {0,3}(?:[>|]|[-+*] |\d{1,9}[.)] )| {4}|\t|\s*$")


def extract_text(text: str) -> Document:
    """The document that `text` is."""
    writer = Writer("text")
    writer.write(text)
    return writer.document()


def extract_markdown(text: str) -> Document:
    """The document that `text` is, and the headings in it."""
    writer = Writer("markdown", is_markdown=True)
    text = clean(text)
    writer.write(text)
    for offset, heading in _headings(text):
        writer.mark_heading(offset, heading)
    return writer.document()


def _headings(text: str) -> Iterator[tuple[int, str]]:
    """Where each heading begins, and what it says."""
    fence = ""  # the one that the code we are in began with
    offset, before = 0, ""  # `before`: the line above, if it is text
    for line in text.split("\n"):
        fenced = FENCE.fullmatch(line)
        if fence:
            if fenced and fenced["fence"].startswith(fence) and not fenced["info"].strip():
                fence = ""
            before = ""
        elif fenced and not (fenced["fence"][0] == "`" and "`" in fenced["info"]):
            fence, before = fenced["fence"], ""
        elif heading := ATX.fullmatch(line):
            yield offset, heading["text"] or ""
            before = ""
        elif before and UNDERLINE.fullmatch(line):
            yield offset - len(before) - 1, before
            before = ""
        else:
            before = "" if NOT_TEXT.match(line) else line
        offset += len(line) + 1
