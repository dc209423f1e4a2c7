"""Texts whose similarity people have judged, and how well vectors agree with them.

Three sets, all in gensim's test data: the Lee corpus (50 news documents, every pair judged), and
the word pairs of WordSim-353 and SimLex-999 (the latter judged for likeness, not relatedness).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Judgements:
    """p pairs of n texts, with what people said of them."""

    name: str
    texts: Sequence[str]  # n
    pairs: NDArray[np.int64]  # (p, 2), places in `texts`
    scores: NDArray[np.float64]  # (p,), more is more alike; the scale does not matter

    def agreement(self, vectors: NDArray[np.float32]) -> tuple[float, float]:
        """Pearson's and Spearman's correlation of the cosines with the scores.

        vectors: (n, width), of unit length.
        """
        cosines = np.sum(vectors[self.pairs[:, 0]] * vectors[self.pairs[:, 1]], axis=1)
        return pearson(cosines, self.scores), pearson(ranks(cosines), ranks(self.scores))


def word_pairs(name: str, file: str) -> Judgements:
    """Lines of two words and a score, parted by tabs; lines that begin with # say what it is.

    Raises ValueError for a line of another form.
    """
    texts: dict[str, int] = {}
    pairs, scores = [], []
    for line in file.splitlines():
        if line and not line.startswith("#"):
            first, second, score = line.split("\t")
            pairs.append([texts.setdefault(word, len(texts)) for word in (first, second)])
            scores.append(float(score))
    return Judgements(name, [*texts], np.array(pairs), np.array(scores))


def all_pairs(name: str, texts: Sequence[str], file: str) -> Judgements:
    """A line of scores per text, of this text with every one; those above the diagonal are taken.

    Raises ValueError unless there are as many lines, and scores on each, as texts.
    """
    scores = np.array([[float(score) for score in line.split()] for line in file.splitlines()])
    if scores.shape != (len(texts), len(texts)):
        raise ValueError(f"The judgements are {scores.shape}, of {len(texts)} texts.")
    above = np.triu_indices(len(texts), k=1)
    return Judgements(name, texts, np.transpose(above), scores[above])


def pearson(x: NDArray[np.floating], y: NDArray[np.floating]) -> float:
    """The correlation of two rows of numbers, -1 to 1."""
    return float(np.corrcoef(x, y)[0, 1])


def ranks(x: NDArray[np.floating]) -> NDArray[np.float64]:
    """The rank of each number, from 1; equal numbers share the mean of their ranks."""
    _, place, counts = np.unique(x, return_inverse=True, return_counts=True)
    last: NDArray[np.int64] = np.cumsum(counts)
    return (last - (counts - 1) / 2)[place]
