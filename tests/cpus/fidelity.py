"""What a model must give on another CPU: the targets, the texts, and the criterion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model_layer.build.verify import MEAN, WORST
from tests.conftest import Golden

Vectors = NDArray[np.float32]  # (texts, 384), rows of unit length

ACROSS_CPUS = 0.0005  # how much the mean and the worst cosine may differ between two CPUs
# Texts that an emulated CPU reads have at most so many tokens, which takes it a minute, with the
# longest text. fp32 takes it three times as long, and has no sums of 16 bits to go wrong.
MOST_TOKENS = {"int8": 64, "fp32": 8}


@dataclass(frozen=True)
class Cosines:
    """Of a CPU's vectors with the reference, over the texts."""

    mean: float
    worst: float

    @classmethod
    def of(cls, vectors: Vectors, reference: Vectors) -> Cosines:
        cosines = np.sum(vectors * reference, axis=1)
        return cls(mean=float(cosines.mean()), worst=float(cosines.min()))


def sample(golden: Golden, most_tokens: int) -> Golden:
    """All texts of at most `most_tokens` tokens, and one of the longest; short ones first.

    All, so that none is chosen: the mean over short texts is the mean over all of them.
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
    """Where the cosines miss the precision's target; empty if nowhere."""
    found = []
    if not cosines.mean >= MEAN[precision]:  # NaN is not, either
        found.append(f"the mean cosine is {cosines.mean:.6f}, not {MEAN[precision]}")
    if not cosines.worst >= WORST[precision]:
        found.append(f"the worst cosine is {cosines.worst:.6f}, not {WORST[precision]}")
    return found


def differences(one: Cosines, other: Cosines) -> list[str]:
    """What two CPUs do not agree on; empty if nothing."""
    found = []
    if not abs(one.mean - other.mean) <= ACROSS_CPUS:
        found.append(f"mean cosines of {one.mean:.6f} and {other.mean:.6f}")
    if not abs(one.worst - other.worst) <= ACROSS_CPUS:
        found.append(f"worst cosines of {one.worst:.6f} and {other.worst:.6f}")
    return found
