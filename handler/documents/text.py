"""Plain text and Markdown, kept unchanged. Finds Markdown's headings, and renders nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handler.documents.document import Document
from handler.documents.writer import Writer, clean

# From CommonMark: ATX headings, setext underlines and code fences (spec.commonmark.org/0.31.2).
ATX = re.compile(r" {0,3}(?P<marks>#{1,6})(?:[ \t]+(?P<text>.*?))??(?:[ \t]+#+)?[ \t]*")
UNDERLINE = re.compile(r" {0,3}(?:=+|-+)[ \t]*")
FENCE = re.compile(r" {0,3}(?P<fence>`{3,}|~{3,})(?P<info>.*)")
# Lines that are not paragraph text; dashes below one of them do not make it a heading.
NOT_PARAGRAPH = re.compile(r" {0,3}(?:[>|]|[-+*] |\d{1,9}[.)] )| {4}|\t|\s*$")


def extract_text(text: str) -> Document:
    """The document of a plain text."""
    writer = Writer("text")
    writer.write(text)
    return writer.document()


def extract_markdown(text: str) -> Document:
    """The document of a Markdown text, with its headings."""
    writer = Writer("markdown", is_markdown=True)
    text = clean(text)
    writer.write(text)
    for offset, level, heading in _headings(text):
        writer.mark_heading(offset, level, heading)
    return writer.document()


def _headings(text: str) -> Iterator[tuple[int, int, str]]:
    """The offset, level and text of each heading."""
    fence = ""  # the fence that opened the current code block
    paragraph = ""  # the line above, if it is paragraph text
    offset = 0
    for line in text.split("\n"):
        fenced = FENCE.fullmatch(line)
        if fence:
            if fenced and fenced["fence"].startswith(fence) and not fenced["info"].strip():
                fence = ""
            paragraph = ""
        elif fenced and not (fenced["fence"][0] == "`" and "`" in fenced["info"]):
            fence, paragraph = fenced["fence"], ""
        elif heading := ATX.fullmatch(line):
            yield offset, len(heading["marks"]), heading["text"] or ""
            paragraph = ""
        elif paragraph and UNDERLINE.fullmatch(line):
            level = 1 if "=" in line else 2
            yield offset - len(paragraph) - 1, level, paragraph
            paragraph = ""
        else:
            paragraph = "" if NOT_PARAGRAPH.match(line) else line
        offset += len(line) + 1
