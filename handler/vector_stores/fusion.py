"""Weighted reciprocal rank fusion: one order from the nearest by vector and the best by words.

(Cormack, Clarke and Büttcher: "Reciprocal Rank Fusion outperforms Condorcet and individual Rank
Learning Methods", SIGIR 2009.)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from handler.stores.contract import Match

K = 60  # the paper's


@dataclass(frozen=True)
class Weights:
    """How much the two ranks of a record count: from 0 on, and not both 0."""

    embedding: float = 1.0
    text: float = 1.0


@dataclass(frozen=True)
class Ranked:
    """A record and its place. The score is from 0 to 1, and falls with the rank."""

    match: Match
    score: float
    text_rank: int | None = None  # from 1; None: not among the best by words


def by_vector(nearest: Iterable[Match]) -> list[Ranked]:
    """The records scored by their cosines alone; a negative one scores 0."""
    return [Ranked(match, min(1.0, max(0.0, match.cosine or 0.0))) for match in nearest]


def fuse(nearest: Sequence[Match], best: Sequence[Match], weights: Weights) -> list[Ranked]:
    """The records of both lists, scored by their weighted reciprocal ranks; in no order.

    A record that is first in both scores 1, one that is first in one of two equal lists 0.5.
    nearest: by vector, the nearest first. best: by words, the best first.
    """
    vector_ranks = {match.key: rank for rank, match in enumerate(nearest, 1)}
    text_ranks = {match.key: rank for rank, match in enumerate(best, 1)}
    # Of a record in both, the match by vector: it always has a cosine.
    matches = {match.key: match for match in (*best, *nearest)}
    most = weights.embedding + weights.text
    ranked = []
    for key, match in matches.items():
        score = _reciprocal(weights.embedding / most, vector_ranks.get(key))
        score += _reciprocal(weights.text / most, text_ranks.get(key))
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


def _reciprocal(weight: float, rank: int | None) -> float:
    """The weight at rank 1, and less at each rank after it."""
    return 0.0 if rank is None else weight * (K + 1) / (K + rank)


def _order(one: Ranked) -> tuple[float, float, str]:
    cosine = -1.0 if one.match.cosine is None else one.match.cosine
    return -one.score, -cosine, one.match.key
