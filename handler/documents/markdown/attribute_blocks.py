"""Removes the attributes behind a heading's text: {#id .class key=value}, as Pandoc writes them."""

from __future__ import annotations

import re

MAX_LENGTH = 300
ATTRIBUTE = r"(?:[#.][^\s{}#]+|[\w:.-]+=(?:\"[^\"{}]*\"|'[^'{}]*'|[^\s{}\"']+)|-)"
BLOCK = re.compile(rf"[ \t]*\{{:?[ \t]*{ATTRIBUTE}(?:[ \t]+{ATTRIBUTE})*[ \t]*\}}[ \t]*")


def without_attributes(text: str) -> str:
    """A heading's text without the attributes at its end; as it is, if there is nothing else."""
    begin = text.rfind("{", -MAX_LENGTH)
    if begin <= 0 or not BLOCK.fullmatch(text, begin):
        return text
    return text[:begin].rstrip() or text
