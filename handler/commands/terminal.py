"""Text for the terminal. Strangers choose the names of files and objects, which can hold anything:
codes that move the cursor or set the window's title, line ends, letters that reverse a line.
"""

from __future__ import annotations

import unicodedata

# Control, format (writing direction, zero width), half of a pair, line and paragraph separators.
ESCAPED = frozenset(["Cc", "Cf", "Cs", "Zl", "Zp"])


def shown(text: object) -> str:
    """`text` on one line, with what a terminal would obey or hide as an escape such as \\x1b."""
    text = str(text)
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        _escape(letter) if unicodedata.category(letter) in ESCAPED else letter for letter in text
    )


def without_halves(text: str) -> str:
    """`text` with halves of surrogate pairs as escapes, as `shown` has them; else as it is."""
    return "".join(
        _escape(letter) if unicodedata.category(letter) == "Cs" else letter for letter in text
    )


def _escape(letter: str) -> str:
    code = ord(letter)
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a name that is not UTF-8 (PEP 383)
        return f"\\x{code - 0xDC00:02x}"
    return letter.encode("unicode_escape").decode()
