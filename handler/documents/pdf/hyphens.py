"""Joins words that are split across two lines.

The hyphen may belong to the word ("well-known") or not ("exam-ple"). The document's other words
decide; where they do not, a few rules do. Knows no geometry.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

# pdfium's mark of a hyphen at a line's end, a soft hyphen, a hyphen and what keyboards have for it.
PDFIUM, SOFT = "\x02", "\xad"
MARKS = f"{PDFIUM}{SOFT}\u2010-"
MAX_PART = 40  # characters of a word's part that are looked at
SPLIT = re.compile(rf"[{MARKS}]\n(?=(?P<after>[^\W_][\w'\u2010-]{{0,{MAX_PART}}}))")
SPLIT_WORD = re.compile(rf"[\w'\u2010-]{{1,{MAX_PART}}}{SPLIT.pattern}[\w'\u2010-]*")
LAST_WORD = re.compile(r"[^\W_][\w'\u2010-]*$")
WORD = re.compile(r"[^\W\d_]+(?:[-\u2010][^\W\d_]+)*")
MAX_WORDS = 200_000  # of the document that decide; some 20 MB

# Words that often begin a compound, and seldom a word without a hyphen.
FIRST_MEMBERS = frozenset(
    """well self high low long short half full part real large small old new open so one two three
    four five six seven eight nine ten twenty thirty forty fifty sixty seventy eighty ninety first
    second third all ever cross state end right left hand fine mixed multi non""".split()
)
# Words that often begin a longer one without a hyphen.
JOINED_MEMBERS = frozenset(
    """after back down every fore head here home inter mean more never other over some super there
    under when where with work""".split()
)
ENDINGS = frozenset(
    """ing ings ly er ers est ed en ened ening ness less ful ish ity ity's ism ist ists al ally
    able ably ment ments tion tions sion sions ance ence ure ary ory ive ous th ty""".split()
)


def join_words(pages: Sequence[str]) -> list[str]:
    """The pages' texts, with each word that a line's end splits in one piece."""
    if not any(SPLIT.search(page) for page in pages):
        return [_plain(page) for page in pages]
    words: set[str] = set()
    for page in pages:
        if len(words) < MAX_WORDS:
            words.update(map(str.lower, WORD.findall(SPLIT_WORD.sub(" ", page))))
    return [_plain(SPLIT.sub(lambda split: _joint(split, words), page)) for page in pages]


def _plain(text: str) -> str:
    # A soft hyphen that is drawn is a hyphen: some fonts have no other.
    return text.replace(PDFIUM, "-").replace(SOFT, "-")


def _joint(split: re.Match[str], words: set[str]) -> str:
    """What stands between the two parts of a word."""
    end = split.start()
    part = LAST_WORD.search(split.string[max(0, end - MAX_PART) : end])
    if not part or not _may_be_one_word(part[0], split["after"]):
        return split[0]
    return "-" if _has_hyphen(part[0], split["after"], words) else ""


def _may_be_one_word(before: str, after: str) -> bool:
    """Whether the next line may go on with the word: it may be a page's number or header."""
    if not before[-1].islower():
        return True
    return not (after[0].isdigit() or (len(after) > 1 and after.isupper()))


def _has_hyphen(before: str, after: str, words: set[str]) -> bool:
    """Whether the word of these two parts is written with a hyphen."""
    first, second = before.lower(), after.lower()
    left, right = re.split("[-\u2010]", first)[-1], re.split("[-\u2010]", second)[0]
    if left + right in words:
        return False
    if f"{first}-{second}" in words or f"{left}-{right}" in words:
        return True
    if not (before[-1].isalpha() and after[0].islower()):  # COVID-19, Jean-Paul
        return True
    if len(first) == 1:  # x-ray, e-mail: words are not split after one letter
        return True
    if second in ENDINGS:
        return False
    if left != first or right != second:  # up-to-date
        return True
    if first in FIRST_MEMBERS and len(second) > 3:
        return True
    is_compound = first in words and second in words and first not in JOINED_MEMBERS
    return is_compound and min(len(first), len(second)) > 3
