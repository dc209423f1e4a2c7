"""Splits a long text into parts, so that the tokens of the parts are the tokens of the text.

BERT first splits a text into words, at white space, at punctuation and around CJK ideographs
(Devlin et al. 2018; `BasicTokenizer`), and then each word into tokens. So no token reaches across
the start of a word. A character that always starts a word, or is dropped between two words, is a
*border* here, and the text may be cut before it:

    "unaffable, isn't it"  →  "unaffable" + ", isn't" + " it"

Does not tokenize.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# Unicode has moved some characters into punctuation, and some out of it. A character counts as
# punctuation here only if it was in version 3.2 and still is: then every tokenizer agrees,
# whatever its version. For the same reason `is_one_word` accepts only characters
# that never were.
categories = (unicodedata.category, unicodedata.ucd_3_2_0.category)

# These are not punctuation, but BERT decomposes them into ASCII punctuation first.
DECOMPOSED = "\u1fef\u2260\u226e\u226f"

CJK = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2A6DF))

MAX_WORD = 100  # characters; WordPiece turns a longer word into [UNK]


def safe_split(text: str, size: int) -> Iterator[str]:
    """The text in parts of `size` characters, each extended to the next border.

    If the next border is more than `size` characters away, the part ends at the last border before
    instead, and the run without a border becomes a part of its own, however long.
    """
    if len(text) <= size:
        yield text
        return
    border = _border_pattern(text)
    start = 0
    while len(text) - start > size:
        next_border = border.search(text, start + size)
        end = next_border.start() if next_border else len(text)
        if end - start > 2 * size:
            earlier = [match.start() for match in border.finditer(text, start + 1, start + size)]
            if earlier:
                yield text[start : earlier[-1]]
                start = earlier[-1]
        yield text[start:end]
        start = end
    yield text[start:]


def is_one_word(text: str) -> bool:
    """Whether BERT certainly sees one word; False if that depends on the Unicode version.

    (Beyond the Basic Multilingual Plane only symbols, such as emoji, are certain.)
    """
    return all(
        (
            unicodedata.category(char)[0] in "LMNS"
            if char < "\U00010000"
            else unicodedata.category(char) == "So"
        )
        and unicodedata.ucd_3_2_0.category(char)[0] != "P"
        and not is_border(char)
        for char in set(text)
    )


def _border_pattern(text: str) -> re.Pattern[str]:
    """Matches each border of this text. (A pattern of all borders would be huge.)"""
    borders = {char for char in set(text) if is_border(char)} - {"]"}
    # "]" may end a special token such as "[CLS]", so it is a border only after another "]".
    bracket = r"(?<=\])\]"
    return re.compile(f"[{re.escape(''.join(sorted(borders)))}]|{bracket}" if borders else bracket)


def is_border(char: str) -> bool:
    """Whether BERT always splits between this character and the one before it."""
    code = ord(char)
    if code < 128:
        return char in " \t\n\r" or (char.isprintable() and not char.isalnum())
    return (
        all(category(char)[0] == "P" or category(char) == "Zs" for category in categories)
        or any(low <= code <= high for low, high in CJK)
        or char in DECOMPOSED
    )
