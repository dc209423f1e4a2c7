"""What a model must give on another CPU: the targets, the texts, and the one criterion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.conftest import Golden

Vectors = NDArray[np.float32]  # (texts, 384), rows of unit length

ACROSS_CPUS = 0.0005  # how much the mean and the worst cosine may differ between two CPUs


@dataclass(frozen=True)
class Target:
    """Of a precision: the cosines with sentence-transformers, and how long a test may take."""

    mean: float
    worst: float
    tokens: int  # to read; an emulated CPU takes 60 ms for one in fp32, 15 ms in int8


TARGETS = {
    "fp32": Target(mean=0.99999, worst=0.99999, tokens=1_200),
    "int8": Target(mean=0.999, worst=0.993, tokens=3_000),
}


def sample(golden: Golden, tokens: int) -> Golden:
    """The shortest text of every kind, the second shortest of every kind, … while there is room.

    Within a round short ones come first; a text that is too long for what is left is passed over.
    tokens: how many the texts may have together.
    """
    rank: dict[int, int] = {}  # place → how many of its kind are shorter
    seen: dict[str, int] = {}
    for place in np.argsort(golden.tokens_read, kind="stable").tolist():
        rank[place] = seen[golden.kinds[place]] = seen.get(golden.kinds[place], -1) + 1
    places: list[int] = []
    for place in sorted(rank, key=lambda place: rank[place]):  # stable: short ones first
        if (length := int(golden.tokens_read[place])) <= tokens:
            places.append(place)
            tokens -= length
    return Golden(
        texts=[golden.texts[place] for place in places],
        kinds=[golden.kinds[place] for place in places],
        vectors=golden.vectors[places],
        tokens_read=golden.tokens_read[places],
        tokens=golden.tokens[places],
    )


def misses(there: Vectors, here: Vectors, reference: Vectors, target: Target) -> list[str]:
    """Where the vectors of another CPU, `there`, miss the target; empty if nowhere.

    here: what this machine's own CPU gives for the same texts.
    """
    cosines = np.sum(there * reference, axis=1)
    cosines_here = np.sum(here * reference, axis=1)
    found = []
    for name, least in (("mean", target.mean), ("min", target.worst)):
        value, value_here = getattr(cosines, name)(), getattr(cosines_here, name)()
        if not value >= least:  # NaN is not, either
            found.append(f"{name} cosine {value:.6f}, not {least}")
        if not abs(value - value_here) <= ACROSS_CPUS:
            found.append(f"{name} cosine {value:.6f}, and {value_here:.6f} on this machine")
    return found
