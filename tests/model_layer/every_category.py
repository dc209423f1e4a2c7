"""Characters of every Unicode category, and texts of all pairs of categories."""

from __future__ import annotations

import random
import sys
import unicodedata
from collections import defaultdict
from functools import cache
from itertools import product

# Characters that tokenizers treat in a way of their own, whatever their category.
PECULIAR = [
    *"[]aZ09.,'_` \t\n\r",
    *"\x00\x0b\x1c\x85\xa0\xad",  # control characters, no-break space, soft hyphen
    *"éßİıΣςﬁ½K≠\u1fef",  # capitals, ligatures, and what decomposes into punctuation
    *"\u0301\u0345\u034f\u3099\u302e\u0898\U0001d165",  # marks, of which some are sorted
    *"가힣각ㄱ",  # Hangul syllables and jamo
    *"字𠀀豈\U0002f800〇々あア",  # ideographs, and characters that are not quite
    *"שלا\u064b\u0640\u061c",  # from right to left
    *"\u200b\u200d\u2028\u2029\u2e17\ufeff\ufe0f\ufffd\ufffe",
    *"👩👧🏽🇩\U000e0067\U0010ffff",  # parts of emoji, tags
]


@cache
def by_category() -> dict[str, list[str]]:
    """All characters that are not surrogates, by category; with unassigned and private ones."""
    found: dict[str, list[str]] = defaultdict(list)
    for code in range(sys.maxunicode + 1):
        if not 0xD800 <= code < 0xE000:
            found[unicodedata.category(chr(code))].append(chr(code))
    return dict(sorted(found.items()))


def samples(rng: random.Random, number: int) -> list[str]:
    """Some characters of each category, and the peculiar ones."""
    categories = by_category().values()
    return PECULIAR + [rng.choice(characters) for characters in categories for _ in range(number)]


def pairs(rng: random.Random) -> list[str]:
    """A character of each category, before one of each."""
    categories = by_category().values()
    return [
        rng.choice(first) + rng.choice(second) for first, second in product(categories, repeat=2)
    ]
