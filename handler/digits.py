"""Whole numbers that arrive as text: in query strings, headers and settings."""

from __future__ import annotations

MOST_DIGITS = 18  # after leading zeros; no number of ours is so large


def whole_number(text: str) -> int | None:
    """The number that `text` writes in ASCII digits, leading zeros allowed; None for all else.

    int() also takes " 5", "+5", "5_0" and digits of other scripts, and refuses 4,301 digits.
    """
    digits = text.lstrip("0")
    if not text or not text.isascii() or len(digits) > MOST_DIGITS:
        return None
    return int(digits or "0") if text.isdecimal() else None
