"""Long texts in pieces: cut where the tokens of neither side depend on the other.

BERT's pre-tokenizer splits at white space, at punctuation and around CJK ideographs (Devlin et al.
2018; `BasicTokenizer`), so a text may be cut before any of these. Does not tokenize.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# Unicode has moved some characters into punctuation, and out. What was there in version 3.2 and
# still is, is punctuation to every tokenizer, whatever its version; what never was, is not.
categories = (unicodedata.category, unicodedata.ucd_3_2_0.category)

# Not punctuation themselves, but ASCII punctuation once BERT has decomposed them.
DECOMPOSED = "\u1fef\u2260\u226e\u226f"

CJK = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2A6DF))

MAX_WORD = 100  # characters; WordPiece reads a longer word as [UNK]


def safe_split(text: str, size: int) -> Iterator[str]:
    """The text in pieces of `size` characters and as many more as it takes to the next border.

    A run of more than `size` characters without a border is a piece of its own.
    """
    if len(text) <= size:
        yield text
        return
    border = _borders(text)
    start = 0
    while len(text) - start > size:
        found = border.search(text, start + size)
        end = found.start() if found else len(text)
        if end - start > 2 * size:
            before = [match.start() for match in border.finditer(text, start + 1, start + size)]
            if before:
                yield text[start : before[-1]]
                start = before[-1]
        yield text[start:end]
        start = end
    yield text[start:]


def is_one_word(piece: str) -> bool:
    """Whether a piece is, for certain, one word for BERT.

    (Beyond the BMP only symbols are certain, emoji among them.)
    """
    return all(
        (
            unicodedata.category(char)[0] in "LMNS"
            if char < "\U00010000"
            else unicodedata.category(char) == "So"
        )
        and unicodedata.ucd_3_2_0.category(char)[0] != "P"
        and not is_border(char)
        for char in set(piece)
    )


def _borders(text: str) -> re.Pattern[str]:
    """Matches each border of the text. Made for its characters: Unicode has too many."""
    chars = {char for char in set(text) if is_border(char)} - {"]"}
    # "]" may end a token ("[CLS]"), so it counts after another "]" only.
    either = r"(?<=\])\]"
    return re.compile(f"[{re.escape(''.join(sorted(chars)))}]|{either}" if chars else either)


def is_border(char: str) -> bool:
    """Whether BERT always splits between this character and its left neighbour."""
    code = ord(char)
    if code < 128:
        return char in " \t\n\r" or (char.isprintable() and not char.isalnum())
    return (
        all(category(char)[0] == "P" or category(char) == "Zs" for category in categories)
        or any(low <= code <= high for low, high in CJK)
        or char in DECOMPOSED
    )
