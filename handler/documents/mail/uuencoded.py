"""Leaves out files that are written into a message's text by uuencode, from before MIME."""

from __future__ import annotations

import re

# begin 644 plan.zip, lines of characters from the space to the grave accent, end.
BLOCK = re.compile(
    r"^begin [0-7]{3,4} [^\n]{1,200}+\n(?:[ -`]{1,100}+\n)++end[ \t]*(?:\n|\Z)", re.MULTILINE
)


def without_uuencoded(text: str) -> tuple[str, int]:
    """The text without such files, and how many there were."""
    if "begin" not in text:
        return text, 0
    return BLOCK.subn("", text.replace("\r\n", "\n"))
