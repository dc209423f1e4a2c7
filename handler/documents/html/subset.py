"""The part of a document type in square brackets: takes it out, and its simple entities in.

A browser shows the end of that part as text when a page is read as HTML. Entities that refer to
others, hold markup or are in other files are left alone: nothing is expanded twice.
"""

from __future__ import annotations

import re

from handler.errors import DocumentRejected

BEGIN = re.compile(
    r"\ufeff?\s*+(?:<\?.*?\?>\s*+|<!--.*?-->\s*+)*+<!doctype\s(?:[^>\[\"']|\"[^\"]*+\"|'[^']*+')*+\[",
    re.IGNORECASE | re.DOTALL,
)
# Brackets in quoted text and in comments are none of the part's.
END = re.compile(
    r"(?:[^\]\"'<]++|<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<|\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z))*+"
    r"\]\s*+>",
    re.DOTALL,
)
SIMPLE = r"(?:[^<&%{0}]|&(?:\#\w{{1,8}}|amp|lt|gt|quot|apos);){{0,200}}+"
ENTITY = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<!ENTITY\s++(?P<name>[\w.:-]{1,100})\s++"
    rf"(?:\"(?P<double>{SIMPLE.format(chr(34))})\"|'(?P<single>{SIMPLE.format(chr(39))})')\s*+>",
    re.DOTALL,
)
REFERENCE = re.compile(r"&([\w.:-]{1,100});")
MAX_ADDED = 1_000_000  # characters by which entities may lengthen a page
QUOTES = str.maketrans({'"': "&quot;", "'": "&#39;"})  # a reference may stand in an attribute


def without_subset(text: str) -> str:
    """The page without the part, and with the entities that it defines as text."""
    begin = BEGIN.match(text)
    if not begin:
        return text
    end = END.match(text, begin.end())
    if not end:
        raise DocumentRejected(
            "invalid_file",
            "The page's document type (<!DOCTYPE … [) does not end: is the file cut off?",
        )
    entities: dict[str, str] = {}
    for found in ENTITY.finditer(text, begin.end(), end.end()):
        if found["name"]:  # of two definitions, the first counts
            value = found["double"] if found["double"] is not None else found["single"]
            entities.setdefault(found["name"], value.translate(QUOTES))
    kept = f"{begin[0][:-1].rstrip()}>"
    return kept + (_expanded(text[end.end() :], entities) if entities else text[end.end() :])


def _expanded(text: str, entities: dict[str, str]) -> str:
    added = 0

    def value(reference: re.Match[str]) -> str:
        nonlocal added
        found = entities.get(reference[1], reference[0])
        added += len(found) - len(reference[0])
        if added > MAX_ADDED:
            raise DocumentRejected(
                "invalid_file",
                f"The entities that the page defines would lengthen it by more than {MAX_ADDED:,} "
                "characters, the limit; write their text in their place.",
            )
        return found

    return REFERENCE.sub(value, text)
