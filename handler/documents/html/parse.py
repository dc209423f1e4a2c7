"""Parses a page, or says why it cannot be parsed. Reads nothing of it."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser, SelectolaxError


def parse(text: str) -> LexborHTMLParser:
    """The page as a tree. Raises MemoryError if it does not fit into memory."""
    try:
        return LexborHTMLParser(text)
    except SelectolaxError as error:  # the parser takes any text, and fails only if memory runs out
        raise MemoryError from error
