"""What S3 Vectors' full-text search is given: a record's terms, and a query for each key.

The service splits texts into words itself. Its analyzer is not ours: it does not find E-2041 by
E2041, nor café by cafe, and it may keep config.yaml in one piece. So a record's terms are those
that it would not make, under a key of their own, and queries ask for them too.
(docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-configuring-full-text-search.html)
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from handler.stores.attributes import Attribute
from handler.stores.compounds import HYPHENS, PART, compounds, fold, joined_compounds

if TYPE_CHECKING:
    from types_boto3_s3vectors.type_defs import QueryTextTypeDef

TERMS = "terms"
SEARCHABLE = ("text", "heading", TERMS)  # the metadata keys of the index's text search
MAX_TERMS = 8 << 10  # bytes of a record's terms
MAX_QUERY = 1_024  # characters of a query
MAX_JOINED = MAX_QUERY // 2  # of its joined compounds; the rest is left to its words
INSIDE = "-_.,'\u2019"  # kept inside words, as analyzers do: don't, 3.14


def record_terms(metadata: Mapping[str, Attribute], limit: int = MAX_TERMS) -> str:
    """The terms of a record's text and heading that the service's analyzer would not make.

    As many as fit into `limit` bytes, with spaces between them.
    """
    text = "\n".join(str(metadata[key]) for key in ("heading", "text") if key in metadata)
    folded = fold(text)
    terms = joined_compounds(text)
    for compound in compounds(folded):
        if any(one not in HYPHENS for one in compound if not one.isalnum()):
            terms += [part for part in PART.findall(compound) if len(part) > 1]
    if not text.isascii():
        known = set(PART.findall(text.lower()))
        terms += [word for word in PART.findall(folded) if word not in known]
    return _within(min(limit, MAX_TERMS), terms, lambda term: len(term.encode()))


def query_texts(query: str) -> list[QueryTextTypeDef]:
    """The query for each searchable key; none if it has no words.

    Words only: S3 Vectors documents no syntax, and does not say what it makes of symbols.
    """
    joined = _within(MAX_JOINED, joined_compounds(query))
    folded = PART.findall(fold(query))
    unlike = [] if query.isascii() else folded
    words = _within(MAX_QUERY, [joined, *_words(query), *unlike])
    terms = _within(MAX_QUERY, [joined, *folded])
    if not terms:
        return []
    return [{"metadataKey": key, "text": terms if key == TERMS else words} for key in SEARCHABLE]


def _words(query: str) -> list[str]:
    words = "".join(one if _is_kept(one) else " " for one in query.lower()).split()
    return [stripped for word in words if (stripped := word.strip(INSIDE))]


def _is_kept(character: str) -> bool:
    is_mark = unicodedata.category(character).startswith("M")  # vowels, in many scripts
    return character.isalnum() or is_mark or character in INSIDE


def _within(limit: int, words: Iterable[str], measure: Callable[[str], int] = len) -> str:
    """The distinct words that fit, in order, with spaces between them."""
    fitting: dict[str, None] = {}
    room = limit + 1
    for word in words:
        size = measure(word) + 1
        if word and word not in fitting and size <= room:
            fitting[word] = None
            room -= size
    return " ".join(fitting)
