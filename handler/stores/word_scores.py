"""How well records match the words of a query, from 0 to 1 and alike in every store.

BM25 has no upper end, and says nothing by itself. So the best record scores the share of the
query's terms that it has, and the others as much less as their BM25 is lower.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from handler.settings import TextLanguage
from handler.stores.contract import Match
from handler.stores.words import query_terms, stemmed, terms


def with_word_scores(
    matches: Sequence[Match], query: str, language: TextLanguage, *, stems: bool
) -> list[Match]:
    """The matches of a search by words, the best first, with `words`.

    stems: whether terms are compared by their stems. Otherwise the best record may have fewer of
    them than its store has found in it.
    """
    if not matches:
        return []
    best, spoken = matches[0], language if stems else "none"
    asked = set(stemmed(query_terms(query, language), spoken))
    text = "\n".join(str(best.metadata.get(key, "")) for key in ("text", "heading"))
    found = asked.intersection(terms(text, spoken))
    share = max(1, len(found)) / max(1, len(asked))
    return [
        replace(match, words=share * min(1.0, (match.bm25 or 0.0) / (best.bm25 or 1.0)))
        for match in matches
    ]
