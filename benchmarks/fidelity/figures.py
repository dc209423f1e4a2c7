"""The figures of an encoder: cosines, neighbours, agreement with people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.fidelity.texts import EvaluationText, FidelityTexts

NEIGHBOURS = 10


class Vectors:
    """An encoder's vector of each text."""

    def __init__(self, texts: Sequence[str], rows: NDArray[np.float32]) -> None:
        """rows: (n, width), of unit length."""
        self._places = {text: place for place, text in enumerate(texts)}
        self._rows = rows

    def of(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The rows of these texts, (len(texts), width)."""
        return self._rows[[self._places[text] for text in texts]]


@dataclass(frozen=True)
class Spread:
    """Of cosines with the reference's vectors."""

    mean: float
    percentile: float  # the 1st: 99 of 100 texts are nearer
    worst: float

    @classmethod
    def of(cls, cosines: NDArray[np.floating]) -> Spread:
        return cls(float(cosines.mean()), float(np.percentile(cosines, 1)), float(cosines.min()))


@dataclass(frozen=True)
class Overlap:
    """The mean share of the nearest neighbours that another encoder finds too."""

    passages: float
    documents: float


@dataclass(frozen=True)
class Figures:
    """One encoder's."""

    name: str
    cosines: Spread  # of all evaluation texts
    groups: dict[str, Spread]  # of those of a length or a script
    overlaps: dict[str, Overlap]  # with the neighbours that others find
    people: dict[str, tuple[float, float]]  # Pearson's and Spearman's, by set of judgements


def figures(
    name: str, vectors: Vectors, others: Mapping[str, Vectors], texts: FidelityTexts
) -> Figures:
    """The figures of the encoder with these vectors. others: by name, the reference first."""
    evaluation = [one.text for one in texts.evaluation]
    reference = next(iter(others.values()))
    found = cosines(vectors.of(evaluation), reference.of(evaluation))
    return Figures(
        name,
        Spread.of(found),
        {group: Spread.of(found[places]) for group, places in groups(texts.evaluation).items()},
        {other: neighbours_shared(vectors, theirs, texts) for other, theirs in others.items()},
        {one.name: one.agreement(vectors.of(one.texts)) for one in texts.judgements},
    )


def groups(evaluation: Sequence[EvaluationText]) -> dict[str, list[int]]:
    """The places of the texts of each length and of each script."""
    places: dict[str, list[int]] = {}
    for kind in ("bucket", "script"):
        for place, one in enumerate(evaluation):
            places.setdefault(getattr(one, kind), []).append(place)
    return places


def cosines(ours: NDArray[np.float32], theirs: NDArray[np.float32]) -> NDArray[np.float64]:
    """Row by row, (n,); in 64 bits, where 1 - cosine of fp32 vectors is more than rounding."""
    x, y = ours.astype(np.float64), theirs.astype(np.float64)
    lengths = np.linalg.norm(x, axis=1) * np.linalg.norm(y, axis=1)
    products: NDArray[np.float64] = np.sum(x * y, axis=1) / lengths
    return products


def neighbours_shared(vectors: Vectors, others: Vectors, texts: FidelityTexts) -> Overlap:
    """How far two encoders find the same among the passages and among the documents."""
    ours, theirs = (
        (
            nearest(one.of(texts.queries), one.of(texts.passages), NEIGHBOURS),
            nearest_others(one.of(texts.documents), NEIGHBOURS),
        )
        for one in (vectors, others)
    )
    passages, documents = (overlap(a, b).mean() for a, b in zip(ours, theirs, strict=True))
    return Overlap(float(passages), float(documents))


def nearest(
    queries: NDArray[np.float32], passages: NDArray[np.float32], count: int
) -> NDArray[np.int64]:
    """The passages nearest to each query, nearest first: (queries, count).

    queries, passages: (…, width), of unit length. Ties keep the order of the passages.
    """
    return np.argsort(-(queries @ passages.T), axis=1, kind="stable")[:, :count]


def nearest_others(vectors: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """The nearest to each row among the other rows, nearest first: (rows, count)."""
    products = vectors @ vectors.T
    np.fill_diagonal(products, -np.inf)
    return np.argsort(-products, axis=1, kind="stable")[:, :count]


def overlap(ours: NDArray[np.int64], theirs: NDArray[np.int64]) -> NDArray[np.float64]:
    """The share of the neighbours that both found, in any order, for each query: (n,).

    ours, theirs: (n, count), distinct within a row.
    """
    shares: NDArray[np.float64] = (ours[:, :, None] == theirs[:, None, :]).any(axis=2).mean(axis=1)
    return shares
