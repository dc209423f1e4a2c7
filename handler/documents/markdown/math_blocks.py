"""Tells lines of formulas from others: between lines that begin and end with $$, or \\[ and \\].

A blank line ends a formula, as in TeX: a mark that is never closed hides nothing further on.
"""

from __future__ import annotations

ENDS = {"$$": "$$", "\\[": "\\]"}


class MathBlocks:
    """Follows the lines of a text from the first on."""

    def __init__(self) -> None:
        self._end = ""  # of the formula that is open

    def is_math(self, line: str) -> bool:
        """Whether the next line belongs to a formula of several lines."""
        if not self._end and "$$" not in line and "\\[" not in line:
            return False
        text = line.strip()
        if self._end:
            if not text or text.endswith(self._end):
                self._end = ""
            return bool(text)
        end = ENDS.get(text[:2], "")
        if end and end not in text[2:]:
            self._end = end
            return True
        return False
