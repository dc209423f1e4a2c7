"""What is compared: the words of two texts, and faults that show without a truth."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

WORD = re.compile(r"\w+")
UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")  # soft hyphens …
DIGITS = re.compile(r"[0-9]+")
CELL_BORDER = re.compile(r"(?<!\\)\|")
BLOB = re.compile(r"[A-Za-z0-9+/]{160,}={0,2}")
SOURCE = re.compile(
    r"\{\\rtf1|<\?xml |<!DOCTYPE |<svg[ >]|<w:[a-z]|^%PDF-|\bendobj\b|\"cell_type\": |"
    r"^MIME-Version: |^Content-Transfer-Encoding: |^PK\x03\x04",
    re.MULTILINE,
)
FAULTS = ("fused numbers", "uneven tables", "replaced characters", "base64", "raw source")


def words(text: str) -> Counter[str]:
    """The words of a text, each with how often it occurs: lower case, NFKC, without base64."""
    seen = UNSEEN.sub("", BLOB.sub(" ", text))
    return Counter(WORD.findall(unicodedata.normalize("NFKC", seen).lower()))


def found(ours: Counter[str], reference: Counter[str]) -> float:
    """The share of the reference's words that are ours, too, as often as they occur."""
    return (ours & reference).total() / reference.total()


def faults(ours: str, reference: str, tables: Sequence[tuple[int, int]]) -> dict[str, int]:
    """How often each of FAULTS occurs in our text."""
    counts = (
        len(fused_numbers(ours, reference)),
        sum(is_uneven(ours[start:end]) for start, end in tables),
        max(0, ours.count("\ufffd") - reference.count("\ufffd")),
        sum(is_blob(match[0]) for match in BLOB.finditer(ours) if match[0] not in reference),
        len({match[0] for match in SOURCE.finditer(ours)} - {*SOURCE.findall(reference)}),
    )
    return dict(zip(FAULTS, counts, strict=True))


def fused_numbers(ours: str, reference: str) -> set[str]:
    """Numbers that only we have: two neighbours of the reference, both of which we lack, in one."""
    theirs, mine = numbers(reference), Counter(numbers(ours))
    lacking = Counter(theirs) - mine
    fused = {a + b for a, b in pairwise(theirs) if a in lacking and b in lacking}
    return (fused - {*theirs}) & mine.keys()


def numbers(text: str) -> list[str]:
    return DIGITS.findall(unicodedata.normalize("NFKC", text))


def is_uneven(table: str) -> bool:
    """Whether a row of a table has another number of cells than the first."""
    return len({len(CELL_BORDER.findall(line)) for line in table.splitlines() if line}) > 1


def is_blob(run: str) -> bool:
    """Whether a long run of letters and digits looks like base64, not like a long name."""
    kinds = (str.isdigit, str.islower, str.isupper)
    return all(any(map(kind, run)) for kind in kinds)
