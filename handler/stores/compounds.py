"""Compounds: words and numbers that single joiners hold together, such as E-2041 or AB-12-CD."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# Letters and digits of any script. A word is tried once, at its start: long texts take linear time.
WORD = r"(?<![^\W_])[^\W_]++"
HYPHENS = "-_\u2010\u2011\u2012\u2013\u2014\u2212"
# A part between hyphens binds closer than one between the others: E-2041/E-2042 are two codes.
JOINERS = rf"{HYPHENS}./:#+,&@\\'\u2019"
COMPOUND = re.compile(rf"{WORD}(?:[{JOINERS}]{WORD})+")
HYPHENATED = re.compile(rf"{WORD}(?:[{HYPHENS}]{WORD})+")
PART = re.compile(WORD)
MARK = re.compile("[\u0300-\u036f]")  # combining marks: accents
LONGEST = 64  # characters; addresses and encoded data are longer, and nothing to search for


def fold(text: str) -> str:
    """The text without differences of case, of accents and of compatible forms (NFKD)."""
    plain = MARK.sub("", unicodedata.normalize("NFKD", text.casefold())).casefold()
    return unicodedata.normalize("NFC", plain)


def joined_compounds(text: str) -> list[str]:
    """The compounds of the text without their joiners, folded; each once, in order.

    E-2041 gives e2041, and so both forms can be found by either.
    """
    return list(dict.fromkeys(_joined(fold(text))))


def compounds(folded: str) -> Iterator[str]:
    """The compounds of a folded text, with their joiners."""
    return (found.group() for found in COMPOUND.finditer(folded))


def _joined(folded: str) -> Iterator[str]:
    for compound in compounds(folded):
        for part in (compound, *HYPHENATED.findall(compound)):
            joined = "".join(PART.findall(part))
            if len(joined) <= LONGEST:
                yield joined
