"""Whether a search finds the same: the overlap of nearest neighbours between two encoders."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def nearest(
    queries: NDArray[np.float32], passages: NDArray[np.float32], count: int
) -> NDArray[np.int64]:
    """The passages nearest to each query, nearest first: (queries, count).

    queries, passages: (…, width), of unit length; of equally near ones the first comes first.
    """
    return np.argsort(-(queries @ passages.T), axis=1, kind="stable")[:, :count]


def nearest_others(vectors: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """The nearest to each row among the other rows, nearest first: (rows, count)."""
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -np.inf)
    return np.argsort(-cosines, axis=1, kind="stable")[:, :count]


def overlap(ours: NDArray[np.int64], theirs: NDArray[np.int64]) -> NDArray[np.float64]:
    """The share of the neighbours that both found, for each query, whatever their order: (n,).

    ours, theirs: (n, count), none twice in a row.
    """
    return (ours[:, :, None] == theirs[:, None, :]).any(axis=2).mean(axis=1)
