"""Reads a worker's answer: checks every field, since a document may have taken over the worker."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, cast

from handler.documents.document import Document
from handler.errors import DocumentRejected
from handler.limits import MAX_HEADING, MAX_HEADINGS, MAX_PAGES, MAX_TABLES, MAX_WARNINGS

MAX_LABEL = 1_000  # characters of a name, a title or a message; ours are shorter
CODES = ("invalid_file", "unsupported_file")


def read_answer(fields: Mapping[str, Any], content: bytes) -> Document:
    """The document. Raises DocumentRejected if the answer says so; ValueError if it makes no sense.

    The text may still be anything: a document's author decides what it says.
    """
    described = {key: value for key, value in fields.items() if key != "last"}
    if "code" in described:
        code, message = described["code"], described.get("message")
        if code not in CODES or not isinstance(message, str) or len(message) > MAX_LABEL:
            raise ValueError("the refusal is not one of ours")
        raise DocumentRejected(cast("Literal['invalid_file']", code), message)
    text = content.decode()
    try:
        document = Document.from_fields(text, described)
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError("the answer is not a document") from error
    if not _is_sound(document):
        raise ValueError("the answer describes no document")
    return document


def _is_sound(document: Any) -> bool:
    end = len(document.text)
    headings, tables = document.headings, document.tables
    return (
        _is_label(document.format)
        and isinstance(document.is_markdown, bool)
        and (document.title is None or _is_label(document.title))
        and (document.charset is None or _is_label(document.charset))
        and len(document.pages) <= MAX_PAGES
        and _are_places(document.pages, end)
        and len(headings) <= MAX_HEADINGS
        and _are_places((each.offset for each in headings), end)
        and all(type(each.level) is int for each in headings)
        and all(_is_label(each.text, MAX_HEADING) for each in headings)
        and len(tables) <= MAX_TABLES
        and _are_places((place for each in tables for place in (each.start, each.end)), end)
        and all(isinstance(each.header, str) for each in tables)
        and len(document.warnings) <= MAX_WARNINGS
        and all(map(_is_label, document.warnings))
        and isinstance(document.attributes, dict)
        and all(isinstance(each, str | int | float) for each in document.attributes.values())
    )


def _is_label(value: object, limit: int = MAX_LABEL) -> bool:
    return isinstance(value, str) and len(value) <= limit


def _are_places(offsets: Iterable[object], end: int) -> bool:
    """Whether they are offsets in the text, in order."""
    last = 0
    for offset in offsets:
        if type(offset) is not int or not last <= offset <= end:
            return False
        last = offset
    return True
