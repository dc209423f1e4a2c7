"""What S3 Vectors' full-text search is given: the terms of a record, and a query for each key.

The service splits texts into words itself, and not by our rule (words.py): it does not find E-2041
by E2041, nor café by cafe, and may keep config.yaml in one piece. So a record's terms that it may
not make are stored under a key of their own, and queries ask for them too.
(docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-configuring-full-text-search.html)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from handler.stores.attributes import Attribute
from handler.stores.words import joined_compounds, terms

TERMS = "terms"
SEARCHABLE = ("text", "heading", TERMS)  # the metadata keys of the index's text search
MAX_TERMS = 8 << 10  # bytes of a record's terms
MAX_QUERY = 1_024  # characters
MAX_JOINED = MAX_QUERY // 2  # of its joined compounds; the rest is left to its words

# Word-breaking by Unicode keeps these inside words and numbers, as in don't, a.b, 1,000 and a_b.
# (unicode.org/reports/tr29)
INSIDE = "._:;,'\u2019\u00b7"
UNBROKEN = re.compile(rf"[^\W_]+(?:[{INSIDE}]+[^\W_]+)*")
UPGRADE = "docs/deploying.md (“Text search”) says how to upgrade it."
KEPT = "-._,'\u2019"  # in a query's words


def record_terms(metadata: Mapping[str, Attribute], limit: int = MAX_TERMS) -> str:
    """The terms of a record's text and heading that not every analyzer makes.

    As many as fit into `limit` bytes, with spaces between them.
    """
    text = "\n".join(str(metadata[key]) for key in ("heading", "text") if key in metadata)
    plain = set(filter(str.isalnum, UNBROKEN.findall(text.lower())))
    hidden = [
        term
        for term in (*joined_compounds(text), *terms(text, "none"))
        if term not in plain and not (len(term) == 1 and term.isascii())
    ]
    return _within(min(limit, MAX_TERMS), hidden, lambda term: len(term.encode()))


def query_texts(query: str) -> list[dict[str, str]]:
    """The query for each searchable key, as QueryVectors takes it; none if it has no words.

    Words only: S3 Vectors documents no syntax, and does not say what it makes of symbols.
    """
    joined = _within(MAX_JOINED, joined_compounds(query))
    ours = terms(query, "none")
    unlike = [] if query.isascii() else ours
    words = _within(MAX_QUERY, [joined, *_words(query), *unlike])
    own = _within(MAX_QUERY, [joined, *ours])
    if not (words and own):
        return []
    return [{"metadataKey": key, "text": own if key == TERMS else words} for key in SEARCHABLE]


def _words(query: str) -> list[str]:
    words = "".join(one if _is_kept(one) else " " for one in query.lower()).split()
    return [stripped for word in words if (stripped := word.strip(KEPT))]


def _is_kept(character: str) -> bool:
    is_mark = unicodedata.category(character).startswith("M")  # vowels, in many scripts
    return character.isalnum() or is_mark or character in KEPT


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


def why_no_text_index(index: Mapping[str, Any]) -> str | None:
    """Why the index cannot be searched by words, and the cure; None if it can be."""
    if index.get("indexMode") == "CLASSIC":
        return f"the index is in CLASSIC mode, which has no text search. {UPGRADE}"
    configuration = index.get("metadataConfiguration") or {}
    status = {
        one["metadataKey"]: one.get("status")
        for one in configuration.get("textSearchConfigurations") or ()
    }
    if missing := [key for key in SEARCHABLE if key not in status]:
        return f"the index has no text search of {', '.join(missing)}. {UPGRADE}"
    if "BUILDING" in (status[key] for key in SEARCHABLE):
        return "S3 Vectors is still building the text index. Wait until it is done."
    return None
