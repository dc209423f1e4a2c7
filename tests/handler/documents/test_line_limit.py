"""A text of very many lines is refused before each is read."""

from __future__ import annotations

import pytest

from handler.documents.line_limit import MAX_LINES
from tests.handler.documents.samples import rejected


@pytest.mark.parametrize(
    ("name", "line", "message"),
    [
        ("a.jsonl", "{}\n", "The JSON Lines file has more than 5,000,000 lines"),
        ("a.md", "<!--\n", "The Markdown file has more than 5,000,000 lines"),
        ("a.txt", "{}\n", "text is longer than 10,000,000 characters"),
    ],
)
def test_very_many_lines_are_refused(name: str, line: str, message: str) -> None:
    assert message in rejected(line * (MAX_LINES + 1), name)
