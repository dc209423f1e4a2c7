"""The fidelity that a model must keep on any CPU: criterion, targets and texts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model_layer.build.verify import MEAN, WORST
from tests.cpus.machines import FULL_RANGE, GRAVITON2, GRAVITON3, HASWELL, MACHINES
from tests.golden.reference import Golden

Vectors = NDArray[np.float32]  # (texts, 384), rows of unit length

ACROSS_CPUS = 0.0005  # the most that mean and worst cosine may differ between two CPUs
# An emulated CPU reads the texts with at most the first number of tokens, and the longest with at
# most the second. That takes up to three minutes: floating-point operations are slow there, and so
# is every vector operation of Graviton3. fp32 reads less, because it has no 16-bit sums that could
# go wrong. What goes wrong in FULL_RANGE goes wrong in short texts, too.
MOST_TOKENS = {
    **{(cpu, "int8"): (64, 256) for cpu in (HASWELL, GRAVITON2)},
    (GRAVITON3, "int8"): (24, 64),
    **{(cpu, "fp32"): (4, 16) for cpu in MACHINES},
    **{(cpu, FULL_RANGE): (16, 16) for cpu in (HASWELL, GRAVITON2)},
}


@dataclass(frozen=True)
class Cosines:
    """The cosines of a CPU's vectors with the reference vectors: their mean and the worst."""

    mean: float
    worst: float

    @classmethod
    def of(cls, vectors: Vectors, reference: Vectors) -> Cosines:
        cosines = np.sum(vectors * reference, axis=1)
        return cls(mean=float(cosines.mean()), worst=float(cosines.min()))


def sample(golden: Golden, most_tokens: int, longest: int) -> Golden:
    """All texts with at most `most_tokens` tokens, short ones first, and a long one.

    It takes all short texts, so that no selection can improve their mean. The long one is the
    longest with at most `longest` tokens.
    """
    order = np.argsort(golden.tokens_read, kind="stable")
    lengths = golden.tokens_read[order]
    last = np.searchsorted(lengths, longest, side="right") - 1
    places = [*order[lengths <= most_tokens].tolist(), int(order[last])]
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
