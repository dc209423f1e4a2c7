"""Refuses a text of very many lines before time is spent on each. Knows no format."""

from __future__ import annotations

from handler.errors import DocumentRejected
from handler.limits import MAX_CHARACTERS

# A line takes a character and a line end of the text, or more.
MAX_LINES = MAX_CHARACTERS // 2


def check_lines(text: str, file: str) -> None:
    """Raises DocumentRejected if there are too many lines. file: such as "CSV file"."""
    if text.count("\n") > MAX_LINES:
        raise DocumentRejected(
            "invalid_file",
            f"The {file} has more than {MAX_LINES:,} lines, the limit of one document; split it "
            "into several files.",
        )
