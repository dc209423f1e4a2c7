"""Parses a page, or says why it cannot be parsed. Reads nothing of it."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from handler.errors import DocumentRejected


def parse(text: str) -> LexborHTMLParser:
    """The page as a tree. Raises DocumentRejected if it does not fit into memory."""
    try:
        return LexborHTMLParser(text)
    except SelectolaxError:
        tags = text.count("<")
        raise DocumentRejected(
            "invalid_file",
            f"The HTML has {len(text):,} characters with about {tags:,} tags, which take more "
            "memory than one document may; split it into several files.",
        ) from None
