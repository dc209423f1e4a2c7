"""The terms of a text, by which searches find it: one rule for texts and for queries.

Letters are compared without case, accents and compatibility forms (NFKD). A run of letters and
digits is a term. Scripts that are written without spaces give a term for each two neighbouring
characters. A compound such as "E-2041" also gives its parts joined, "e2041", so that either way of
writing it finds the other. In a language with a stemmer, "running" and "runs" are one term; what
has a digit is never stemmed. Does not search.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise

from handler.settings import TextLanguage
from handler.stores.stop_words import STOP_WORDS

# The others have no stemmer, or nothing to stem. (snowballstem.org)
ALGORITHMS: dict[TextLanguage, str] = {
    "en": "english",
    "fr": "french",
    "es": "spanish",
    "pt": "portuguese",
    "it": "italian",
    "de": "german",
    "nl": "dutch",
}
MAX_TERM = 128  # characters: longer runs are known by their beginning
# Of a query. The model, too, reads only the beginning of a long one.
MAX_QUERY_CHARACTERS = 65_536
MAX_QUERY_TERMS = 256
MAX_KINDS = 65_536  # characters remembered; some 10 MB
MAX_STEMS = 65_536  # remembered; some 10 MB

ACCENTS = re.compile("[\u0300-\u036f]+")
# Normalization takes quadratic time for a run of marks, and no word has so many. (U+FF9E and U+FF9F
# are the only letters that normalize to marks.)
MARKS = re.compile(r"((?:[^\w\s]|[\uff9e\uff9f]){32})(?:[^\w\s]|[\uff9e\uff9f])+")
# NFKD makes letters or digits of these, which would join the word beside them.
SIGNS = re.compile("[\u2116\u2120\u2122]")  # numero, service and trade marks
ENCLOSED = re.compile("([\u2460-\u24ff\u2776-\u2793\U0001f100-\U0001f1ad])")
# A raised digit after another is a footnote or an exponent; a fraction is a number of its own.
RAISED = re.compile(r"(?<=\d)(?=[\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u00bc-\u00be\u2150-\u215f])")

# Han with Bopomofo, Hiragana and Katakana, Hangul, Thai and Lao, Khmer, Myanmar
UNSPACED = re.compile(
    "["
    "\u2e80-\u2fdf\u3005\u3007\u3021-\u3029\u3100-\u312f\u31a0-\u31bf\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff"
    "\u3040-\u30ff\u31f0-\u31ff\U0001aff0-\U0001b16f"
    "\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff"
    "\u0e00-\u0eff\u1780-\u17ff\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f"
    "]+"
)

# What `_Kinds` makes of characters that are in no term.
SPACE, HYPHEN, JOINER = " ", "-", "."
# Parts with single joiners between them. A run without joiners must not be tried from each of its
# characters, or a long one takes quadratic time.
COMPOUND = re.compile(r"(?<![^ .-])[^ .-]++(?:[.-][^ .-]++)+")
HYPHENS = "_\u2212"  # beside the dashes
JOINERS = "./:#+',&@\\\u2019\u00b7"
# Letters that NFKD does not take apart, as they are typed without them.
ACCENTED = {"\u0131": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"}


class _Kinds(dict[int, str | None]):
    """What is put for each character, learnt as they occur: itself in a term, else a separator."""

    def __missing__(self, code: int) -> str | None:
        if len(self) >= MAX_KINDS:
            self.clear()
        self[code] = kind = self._kind(chr(code))
        return kind

    @staticmethod
    def _kind(char: str) -> str | None:
        category = unicodedata.category(char)
        if category == "Nd":
            return str(unicodedata.decimal(char))
        if char.isalnum() or category.startswith("M"):
            return ACCENTED.get(char, char)
        if category == "Cf" and char != "\u200b":  # a soft hyphen or a direction, in a word
            return None
        if category == "Pd" or char in HYPHENS:
            return HYPHEN
        return JOINER if char in JOINERS else SPACE


class _Stems(dict[str, str]):
    """The stem of each term, learnt as they occur."""

    def __init__(self, language: TextLanguage) -> None:
        self._algorithm = ALGORITHMS.get(language)
        if self._algorithm:
            # Imported here, because the image does not have it: S3 Vectors stems by itself.
            from Stemmer import Stemmer

            self._stemmer = Stemmer

    def __missing__(self, term: str) -> str:
        if len(self) >= MAX_STEMS:
            self.clear()
        stem = term[:MAX_TERM]
        if self._algorithm and stem.isalpha():
            # A stemmer is made in no time, and one must not be shared by threads.
            stem = self._stemmer(self._algorithm).stemWord(stem)
        self[term] = stem
        return stem


_kinds = _Kinds()
_stems: dict[TextLanguage, _Stems] = {}


def terms(text: str, language: TextLanguage) -> list[str]:
    """The terms of `text`, each as often as it occurs; those of compounds come last.

    They have no space, no ASCII punctuation and no ASCII capitals.
    """
    folded = _fold(text)
    parts = folded.replace(HYPHEN, SPACE).replace(JOINER, SPACE).split()
    return stemmed([*parts, *_joined(folded)], language)


def query_terms(query: str, language: TextLanguage) -> list[str]:
    """The distinct terms that a query is looked for by, before they are stemmed.

    Without the language's stop words, if it has other terms. Of a long query, the first ones.
    """
    stop_words = STOP_WORDS.get(language, frozenset())
    distinct = dict.fromkeys(terms(query[:MAX_QUERY_CHARACTERS], "none"))
    chosen = [term for term in distinct if term not in stop_words] or [*distinct]
    return chosen[:MAX_QUERY_TERMS]


def stemmed(found: Iterable[str], language: TextLanguage) -> list[str]:
    """The terms as `terms` gives them in the language."""
    stems = _stems.get(language) or _stems.setdefault(language, _Stems(language))
    return list(map(stems.__getitem__, found))


def joined_compounds(text: str) -> list[str]:
    """Each compound of `text` without its joiners: "e2041" of "E-2041".

    A compound with other joiners than hyphens also gives its hyphenated stretches: "e2041" of
    "faults/E-2041". A stretch of several hyphens also gives letters with the number after them:
    "e2041" of "fault-E-2041".
    """
    return _joined(_fold(text))


def _joined(folded: str) -> list[str]:
    joined: list[str] = []
    written = SPACE.join([run for run in folded.split() if HYPHEN in run or JOINER in run])
    for compound in COMPOUND.findall(written):
        stretches = [part.split(HYPHEN) for part in compound.split(JOINER) if HYPHEN in part]
        if JOINER in compound:
            joined += map("".join, stretches)
        for parts in stretches:
            if len(parts) > 2:
                joined += [a + b for a, b in pairwise(parts) if a.isalpha() and b.isdigit()]
        joined.append(compound.replace(HYPHEN, "").replace(JOINER, ""))
    return [term for term in joined if len(term) <= MAX_TERM]


def _fold(text: str) -> str:
    """`text` in lower case, with a space, a hyphen or a joiner for all that is in no term."""
    if text.isascii():
        return text.lower().translate(_kinds)
    text = ENCLOSED.sub(r" \1 ", SIGNS.sub(SPACE, ACCENTS.sub("", text)))
    text = MARKS.sub(r"\1", RAISED.sub(SPACE, text))
    text = ACCENTS.sub("", unicodedata.normalize("NFKD", text)).casefold()
    # Hangul syllables and voiced kana are one character again.
    text = unicodedata.normalize("NFC", text).translate(_kinds)
    return UNSPACED.sub(_bigrams, text)


def _bigrams(run: re.Match[str]) -> str:
    text = run[0]
    return f" {' '.join(map(''.join, pairwise(text))) or text} "
