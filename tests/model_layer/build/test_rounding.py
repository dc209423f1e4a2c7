"""Rounded weights keep the bound, stay close to the originals, and cancel each other's errors."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from model_layer.build.parameters import Floats
from model_layer.build.rounding import DAMPING, LARGEST, LARGEST_PAIR, round_weights
from tests.model_layer.build.saturation import extremes, largest_pair, saturates
from tests.paths import ROOT

OUTPUTS = 5
# Includes columns of zeros, and single weights a hundred times as large as the others.
SMALL, OUTLIER = st.integers(-100, 100), st.sampled_from([-10_000, 10_000])


@st.composite
def matrices(draw: st.DrawFn) -> Floats:
    """Weights, (an even number of inputs, OUTPUTS)."""
    shape = (2 * draw(st.integers(1, 8)), OUTPUTS)
    weights = draw(arrays(np.int64, shape, elements=SMALL | OUTLIER, fill=st.just(0)))
    return weights / draw(st.sampled_from([1e-3, 1.0, 1e6]))


def gram(inputs: int, seed: int) -> Floats:
    """The Gram matrix of strongly correlated inputs, (inputs, inputs)."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(200, 1)) + 0.3 * rng.normal(size=(200, inputs))
    return x.T @ x


@given(matrices(), st.integers(0, 2**32 - 1))
def test_the_bound_holds(weights: Floats, seed: int) -> None:
    rounded, scale = round_weights(weights, gram(len(weights), seed))
    assert rounded.dtype == np.int8
    assert scale.dtype == np.float32
    assert np.abs(rounded.astype(int)).max() <= LARGEST == 127
    assert largest_pair(rounded) <= LARGEST_PAIR == 128
    assert np.isfinite(scale).all()
    assert (scale > 0).all()


def test_corrections_do_not_break_the_bound() -> None:
    """They are added to pairs that already reach it, for inputs three times as large."""
    weights = np.random.default_rng(1).normal(size=(4, 64))
    weights[2:] = 9.0
    louder = np.array([3, 3, 1, 1])
    known = gram(4, 1) * np.outer(louder, louder)
    bounded, _ = round_weights(weights, known)
    assert largest_pair(bounded) == LARGEST_PAIR


@given(matrices(), st.integers(0, 2**32 - 1))
def test_no_input_saturates(weights: Floats, seed: int) -> None:
    rounded, _ = round_weights(weights, gram(len(weights), seed))
    any_ = np.random.default_rng(seed).integers(0, 256, (20, len(weights)), np.uint8)
    assert not saturates(rounded, np.concatenate([extremes(len(weights)), any_]))


def test_without_the_bound_inputs_saturate() -> None:
    weights = np.linspace(0.5, 1, 32).reshape(8, 4)
    rounded, _ = round_weights(weights, gram(8, 1), pairs_bounded=False)
    assert largest_pair(rounded) > LARGEST_PAIR
    assert saturates(rounded, extremes(8))
    bounded, _ = round_weights(weights, gram(8, 1))
    assert not saturates(bounded, extremes(8))


def test_the_bound_is_tight() -> None:
    """128 is the largest sum of two weights that fits, whatever the two are."""
    for first in range(2, 128):
        for sign in (-1, 1):
            pair = sign * np.array([[first], [LARGEST_PAIR - first]])
            assert not saturates(pair.astype(np.int8), extremes(2))
            pair[1] += sign
            assert saturates(pair.astype(np.int8), extremes(2))


@given(matrices())
def test_weights_of_uncorrelated_inputs_are_rounded_to_the_nearest_step(weights: Floats) -> None:
    """There are no errors to cancel, and the scale leaves room for the nearest step."""
    rounded, scale = round_weights(weights, np.eye(len(weights)))
    assert (np.abs(rounded * scale.astype(float) - weights) <= scale * 0.5001).all()


@given(matrices(), st.integers(0, 2**32 - 1))
def test_a_column_of_zeros_stays_zero(weights: Floats, seed: int) -> None:
    weights[:, 2] = 0
    rounded, scale = round_weights(weights, gram(len(weights), seed))
    assert not rounded[:, 2].any()
    assert np.isfinite(scale).all()


@given(matrices(), st.integers(0, 2**32 - 1))
def test_weights_stay_close_to_the_originals(weights: Floats, seed: int) -> None:
    """Rounding moves a weight by half a step, and cancelling other errors by some steps more."""
    rounded, scale = round_weights(weights, gram(len(weights), seed))
    steps = rounded - weights / scale
    # Where nothing is clipped, eᵀ G e <= trace(G) / 4 of the damped G, whose least eigenvalue is
    # DAMPING · trace(Gram) / n or more: so |e|² <= n (1 + DAMPING) / (4 DAMPING).
    maximum = np.sqrt((1 + DAMPING) / (4 * DAMPING))
    assert (np.sqrt((steps**2).mean(axis=0)) <= 2 * maximum).all()


@pytest.mark.parametrize("pairs_bounded", [True, False])
@pytest.mark.parametrize("seed", range(5))
def test_products_are_closer_than_with_the_nearest_steps(seed: int, pairs_bounded: bool) -> None:
    weights = np.random.default_rng(seed).normal(size=(128, 32))
    known = gram(128, seed)
    rounded, scale = round_weights(weights, known, pairs_bounded=pairs_bounded)
    nearest = np.round(weights / scale)

    def error(steps: NDArray[np.int8] | Floats) -> float:
        off = steps * scale.astype(float) - weights
        return float(np.sum(off * (known @ off)))  # |x · off|², summed

    assert error(rounded) < error(nearest) / 4


ROUND_PROGRAM = """
import hashlib
import numpy as np
from model_layer.build.rounding import round_weights

rng = np.random.default_rng(1)
weights, x = rng.normal(size=(384, 384)), rng.normal(size=(600, 384))
x += 2 * rng.normal(size=(600, 1))
rounded, scale = round_weights(weights, x.T @ x)
print(hashlib.sha256(rounded.tobytes() + scale.tobytes()).hexdigest())
"""


def test_rounding_is_identical_with_the_kernels_of_another_cpu() -> None:
    """The quick version; the whole model is built with them in test_main, in `make test-slow`."""
    other = {"OPENBLAS_NUM_THREADS": "1"}
    if platform.machine() in ("x86_64", "AMD64"):
        other["OPENBLAS_CORETYPE"] = "Haswell"
    command = [sys.executable, "-c", ROUND_PROGRAM]
    digests = {
        subprocess.run(
            command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, check=True
        ).stdout
        for environment in ({"OPENBLAS_NUM_THREADS": "2"}, other)
    }
    assert len(digests) == 1
