"""The figures of one encoder: cosines, neighbours, and agreement with people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.fidelity_texts import FidelityTexts
from benchmarks.neighbours import nearest, nearest_others, overlap

NEIGHBOURS = 10


class Vectors:
    """What an encoder gave for each text."""

    def __init__(self, texts: Sequence[str], rows: NDArray[np.float32]) -> None:
        """rows: (n, width), of unit length."""
        self._places = {text: place for place, text in enumerate(texts)}
        self._rows = rows

    def of(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The rows of these texts, (len(texts), width)."""
        return self._rows[[self._places[text] for text in texts]]


@dataclass(frozen=True)
class Spread:
    """Of some texts' cosines with the reference's vectors."""

    mean: float
    percentile: float  # the 1st: 99 of 100 texts are nearer
    worst: float

    @classmethod
    def of(cls, cosines: NDArray[np.floating]) -> Spread:
        return cls(float(cosines.mean()), float(np.percentile(cosines, 1)), float(cosines.min()))


@dataclass(frozen=True)
class Overlap:
    """The mean share of the ten nearest that another encoder finds too."""

    passages: float
    documents: float


@dataclass(frozen=True)
class Figures:
    """One encoder's."""

    name: str
    cosines: NDArray[np.float64]  # (evaluation texts,), with the reference's vectors
    overlaps: dict[str, Overlap]  # with the neighbours that others find
    agreements: list[tuple[float, float]]  # Pearson's and Spearman's, for each set of judgements


def cosines(ours: NDArray[np.float32], theirs: NDArray[np.float32]) -> NDArray[np.float64]:
    """Of row with row, (n,). In 64 bits, where 1 - cosine of fp32 vectors is more than rounding."""
    x, y = ours.astype(np.float64), theirs.astype(np.float64)
    lengths = np.linalg.norm(x, axis=1) * np.linalg.norm(y, axis=1)
    products: NDArray[np.float64] = np.sum(x * y, axis=1)
    return products / lengths


def figures(
    name: str, vectors: Vectors, others: Mapping[str, Vectors], texts: FidelityTexts
) -> Figures:
    """The figures of the encoder that gave these vectors.

    others: whom it is compared with, the reference first.
    """
    evaluation = [one.text for one in texts.evaluation]
    reference = next(iter(others.values()))
    return Figures(
        name,
        cosines(vectors.of(evaluation), reference.of(evaluation)),
        {other: found_alike(vectors, theirs, texts) for other, theirs in others.items()},
        [one.agreement(vectors.of(one.texts)) for one in texts.judgements],
    )


def found_alike(vectors: Vectors, others: Vectors, texts: FidelityTexts) -> Overlap:
    """How far two encoders find the same, among the passages and among the documents."""
    ours, theirs = (
        (
            nearest(one.of(texts.queries), one.of(texts.passages), NEIGHBOURS),
            nearest_others(one.of(texts.documents), NEIGHBOURS),
        )
        for one in (vectors, others)
    )
    passages, documents = (overlap(a, b).mean() for a, b in zip(ours, theirs, strict=True))
    return Overlap(float(passages), float(documents))
