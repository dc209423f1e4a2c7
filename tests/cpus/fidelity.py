"""The fidelity that a model must keep on any CPU: criterion, targets and texts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model_layer.build.verify import MEAN, WORST
from tests.cpus.machines import FULL_RANGE
from tests.golden.reference import Golden

Vectors = NDArray[np.float32]  # (texts, 384), rows of unit length

ACROSS_CPUS = 0.0005  # the most that mean and worst cosine may differ between two CPUs
# An emulated CPU reads the texts with at most this many tokens, and the longest text, in one to
# seven minutes. fp32 takes three times as long, and has no 16-bit sums that could go wrong. What
# goes wrong in FULL_RANGE goes wrong in a few texts, too.
MOST_TOKENS = {"int8": 64, "fp32": 8, FULL_RANGE: 24}


@dataclass(frozen=True)
class Cosines:
    """The cosines of a CPU's vectors with the reference vectors: their mean and the worst."""

    mean: float
    worst: float

    @classmethod
    def of(cls, vectors: Vectors, reference: Vectors) -> Cosines:
        cosines = np.sum(vectors * reference, axis=1)
        return cls(mean=float(cosines.mean()), worst=float(cosines.min()))


def sample(golden: Golden, most_tokens: int) -> Golden:
    """All texts with at most `most_tokens` tokens, short ones first, and one of the longest.

    It takes all short texts, so that no selection can improve their mean.
    """
    order = np.argsort(golden.tokens_read, kind="stable")
    places = [*order[golden.tokens_read[order] <= most_tokens].tolist(), int(order[-1])]
    return Golden(
        texts=[golden.texts[place] for place in places],
        kinds=[golden.kinds[place] for place in places],
        vectors=golden.vectors[places],
        tokens_read=golden.tokens_read[places],
        tokens=golden.tokens[places],
    )


def misses(cosines: Cosines, precision: str) -> list[str]:
    """The targets of the precision that the cosines miss."""
    found = []
    if not cosines.mean >= MEAN[precision]:  # NaN misses, too
        found.append(f"the mean cosine is {cosines.mean:.6f}, not {MEAN[precision]}")
    if not cosines.worst >= WORST[precision]:
        found.append(f"the worst cosine is {cosines.worst:.6f}, not {WORST[precision]}")
    return found


def differences(one: Cosines, other: Cosines) -> list[str]:
    """The cosines that two CPUs disagree on."""
    found = []
    if not abs(one.mean - other.mean) <= ACROSS_CPUS:
        found.append(f"mean cosines of {one.mean:.6f} and {other.mean:.6f}")
    if not abs(one.worst - other.worst) <= ACROSS_CPUS:
        found.append(f"worst cosines of {one.worst:.6f} and {other.worst:.6f}")
    return found
