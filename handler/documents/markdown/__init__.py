"""Markdown, kept as it is written. Finds its headings, its tables and its front matter.

Leaves out what no reader sees: comments, scripts, styles, and pictures within the text. Renders
nothing.
"""

from __future__ import annotations

import re
from dataclasses import replace

from handler.documents.base64_blobs import Base64Blobs
from handler.documents.document import Document
from handler.documents.line_limit import check_lines
from handler.documents.markdown.blocks import scan
from handler.documents.markdown.front_matter import split_front_matter
from handler.documents.markdown.hidden import without_hidden
from handler.documents.work_limit import check_count
from handler.documents.writer import Writer, clean
from handler.limits import MAX_MARKDOWN_COMMENTS, MAX_TABLES

__all__ = ["extract_markdown"]

# A picture's definition below the text: [image1]: <data:image/png;base64,…>
DEFINITION = re.compile(r"^ {0,3}\[[^\]\n]{1,200}\]:[ \t]*<?data:[^\n]*\n?", re.MULTILINE)
NAMELESS_PICTURE = re.compile(r"!\[\]\([ \t]*\)")


def extract_markdown(text: str) -> Document:
    """The document of a Markdown text, with its headings and tables."""
    check_lines(text, "Markdown file")
    check_count(text.count("<!--"), MAX_MARKDOWN_COMMENTS, "The Markdown file has {} comments")
    writer = Writer("markdown", is_markdown=True)
    front, text = split_front_matter(clean(text).removeprefix("\ufeff"))
    writer.title = front.title
    writer.attributes.update(front.attributes)
    if front.title or front.attributes:
        text = text.lstrip("\n") if not front.unread else text
    text = _without_pictures(without_hidden(text), writer)
    writer.write(front.unread)
    begin = writer.write(text)
    headings, tables = scan(text)
    for heading in headings:
        writer.mark_heading(begin + heading.offset, heading.level, heading.text)
    tables = tables[:MAX_TABLES]
    tables = [replace(table, start=begin + table.start, end=begin + table.end) for table in tables]
    return replace(writer.document(), tables=tuple(tables))


def _without_pictures(text: str, writer: Writer) -> str:
    """The text without data URIs. The description of a picture stays."""
    blobs = Base64Blobs()

    def definition(found: re.Match[str]) -> str:
        return "" if blobs.leave_out(found[0]) != found[0] else found[0]

    text = blobs.leave_out(DEFINITION.sub(definition, text))
    if blobs.warning:
        writer.warn(blobs.warning)
        text = NAMELESS_PICTURE.sub("", text)
    return text
