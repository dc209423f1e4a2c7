"""Whether the tokens of two neighbouring units of a text add up.

They do if WordPiece always splits between them. Part of the chunks' recipe: it asks Python's tables
of Unicode, so that chunks stay as they are. (`character_classes` knows a few borders more.)
Does not tokenize.
"""

from __future__ import annotations

import unicodedata

# Unicode has moved some characters into punctuation, and some out of it. A character counts as
# punctuation here only if it was in version 3.2 and still is: then every tokenizer agrees,
# whatever its version.
categories = (unicodedata.category, unicodedata.ucd_3_2_0.category)

# These are not punctuation, but BERT decomposes them into ASCII punctuation first.
DECOMPOSED = "\u1fef\u2260\u226e\u226f"

CJK = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2A6DF))


def is_apart(text: str, end: int, start: int) -> bool:
    """Whether WordPiece always splits between `text[:end]` and `text[start:]`."""
    # Not all that is white space to Python is to BERT, which removes \x0b, \x0c and \x85.
    return any(is_border(char) for char in text[end - 1 : start + 1])


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
