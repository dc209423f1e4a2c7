"""Reads tables for the tests of this folder."""

from __future__ import annotations

from tests.handler.documents.samples import read


def text(content: str, content_type: str = "text/csv") -> str:
    """The text of a table that nothing is to be said about."""
    document = read(content, "a.csv", content_type)
    assert document.warnings == ()
    return document.text


def records(content: str) -> list[dict[str, str]]:
    """The rows of a table with a header, each with the names of its cells."""
    rows = [row.split("\n") for row in text(content).split("\n\n")]
    return [dict(line.split(": ", 1) for line in row) for row in rows]
