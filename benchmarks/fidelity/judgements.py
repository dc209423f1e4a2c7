"""Texts whose similarity people have judged, and how well vectors agree with them.

Three sets in gensim's test data: the Lee corpus (50 news documents, every pair judged) and the word
pairs of WordSim-353 and SimLex-999 (the latter judged for likeness, not relatedness).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Judgements:
    """p pairs of n texts with people's scores."""

    name: str
    texts: Sequence[str]  # n
    pairs: NDArray[np.int64]  # (p, 2), places in `texts`
    scores: NDArray[np.float64]  # (p,), higher is more alike, on any scale

    def agreement(self, vectors: NDArray[np.float32]) -> tuple[float, float]:
        """Pearson's and Spearman's correlation of the cosines with the scores.

        vectors: (n, width), of unit length.
        """
        from scipy.stats import pearsonr, spearmanr

        cosines = np.sum(vectors[self.pairs[:, 0]] * vectors[self.pairs[:, 1]], axis=1)
        pearson, spearman = pearsonr(cosines, self.scores), spearmanr(cosines, self.scores)
        return float(pearson.statistic), float(spearman.statistic)


def word_pairs(name: str, file: str) -> Judgements:
    """Lines of two words and a score, separated by tabs; a comment line begins with #.

    Raises ValueError for any other line.
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
    """A line of scores for each text, one with every text; those above the diagonal count.

    Raises ValueError unless there is a score for every pair.
    """
    scores = np.array([[float(score) for score in line.split()] for line in file.splitlines()])
    if scores.shape != (len(texts), len(texts)):
        raise ValueError(f"The judgements are {scores.shape}, of {len(texts)} texts.")
    above = np.triu_indices(len(texts), k=1)
    return Judgements(name, texts, np.transpose(above), scores[above])
