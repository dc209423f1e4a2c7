"""One order from what is near by vector and what matches by words: a weighted mean of two scores.

Reciprocal rank fusion needs no scores. But it counts a text that shares a common word with a
paraphrase as much as the only one that has an error code. See
docs/decisions/028-words-and-meaning.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from handler.stores.contract import Match


@dataclass(frozen=True)
class Weights:
    """How much the two scores of a record count: from 0 on, and not both 0."""

    embedding: float
    text: float


@dataclass(frozen=True)
class Ranked:
    """A record and its score, from 0 to 1."""

    match: Match
    score: float
    text_rank: int | None = None  # from 1; None: not among the best by words


def by_vector(nearest: Iterable[Match]) -> list[Ranked]:
    """The records scored by their cosines alone; a negative one scores 0."""
    return [Ranked(match, _similarity(match.cosine)) for match in nearest]


def fuse(nearest: Sequence[Match], best: Sequence[Match], weights: Weights) -> list[Ranked]:
    """The records of both lists, scored by cosine and by words; in no order.

    A record that no words were found in scores 0 for them. One whose cosine is not known counts as
    the farthest of the nearest. nearest: by vector, the nearest first. best: by words, the best
    first.
    """
    text_ranks = {match.key: rank for rank, match in enumerate(best, 1)}
    words = {match.key: match.words or 0.0 for match in best}
    farthest = _similarity(nearest[-1].cosine) if nearest else 0.0
    # Of a record in both, the match by vector: it always has a cosine.
    matches = {match.key: match for match in (*best, *nearest)}
    most = weights.embedding + weights.text
    ranked = []
    for key, match in matches.items():
        near = farthest if match.cosine is None else _similarity(match.cosine)
        score = near * (weights.embedding / most) + words.get(key, 0.0) * (weights.text / most)
        ranked.append(Ranked(match, min(1.0, score), text_ranks.get(key)))
    return ranked


def merge(lists: Iterable[Iterable[Ranked]], *, limit: int, threshold: float) -> list[Ranked]:
    """The best of several queries' results, best first. A record counts once, with its best score.

    threshold: records with a lower score are left out.
    """
    by_key: dict[str, Ranked] = {}
    for ranked in lists:
        for one in ranked:
            known = by_key.get(one.match.key)
            if known is None or one.score > known.score:
                by_key[one.match.key] = one
    kept = [one for one in by_key.values() if one.score >= threshold]
    return sorted(kept, key=_order)[:limit]


def _similarity(cosine: float | None) -> float:
    return min(1.0, max(0.0, cosine or 0.0))


def _order(one: Ranked) -> tuple[float, float, str]:
    cosine = -1.0 if one.match.cosine is None else one.match.cosine
    return -one.score, -cosine, one.match.key
