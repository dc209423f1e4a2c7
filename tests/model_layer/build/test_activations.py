"""A row of activations becomes the same integers alone as among others, and stays in the range."""

from __future__ import annotations

from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from model_layer.build.activations import (
    GELU_MINIMUM,
    LEVELS,
    SMALLEST_MAXIMUM,
    activations,
    divisors,
    rounded,
)
from model_layer.build.forward import gelu
from model_layer.build.parameters import Activations, Divisor, Floats

DIVISOR = {
    "qkv": Divisor.ONE,
    "attention_output": Divisor.MAGNITUDE,
    "intermediate": Divisor.ONE,
    "output": Divisor.MAXIMUM,
}
SHARED = ("qkv", "intermediate")  # whose rows have one step

ROWS = arrays(np.float64, (5, 8), elements=st.floats(-100, 100, width=32))
# What the build saw: values on both sides of 0, as of any norm, in some range of their own.
SEEN = arrays(np.float64, (5, 8), elements=st.floats(-100, 100, width=32)).map(
    lambda x: np.concatenate([x, [[-1.0] * 8, [1.0] * 8]])
)


def as_input(name: str, x: Floats) -> Floats:
    """Rows that the dense layer of this name can get: no divisor is 0, and GELU has a minimum."""
    if name == "output":
        return gelu(x)
    # The attention's means are 0 only if all values are.
    return cast(Floats, np.where(x == 0, 1e-3, x)) if name == "attention_output" else x


def integers(quantization: Activations, x: Floats) -> Floats:
    """The integers that the values of x become."""
    values = rounded(quantization, x, divisors(quantization.divisor, x))
    return values / quantization.step + quantization.zero


@pytest.mark.parametrize("name", DIVISOR)
@given(seen=SEEN, x=ROWS)
def test_a_row_is_the_same_alone_as_among_others(name: str, seen: Floats, x: Floats) -> None:
    x = as_input(name, x)
    inputs = activations(name, as_input(name, seen))
    assert inputs.divisor is DIVISOR[name]
    together = divisors(inputs.divisor, x)
    assert together.shape == (len(x), 1)
    values = rounded(inputs, x, together)
    for row in range(len(x)):
        alone = divisors(inputs.divisor, x[[row]])
        assert alone.tobytes() == together[[row]].tobytes()
        assert rounded(inputs, x[[row]], alone).tobytes() == values[[row]].tobytes()


@pytest.mark.parametrize("name", DIVISOR)
@given(seen=SEEN)
def test_zero_is_an_integer_and_exact(name: str, seen: Floats) -> None:
    inputs = activations(name, as_input(name, seen))
    assert 0 < inputs.zero < LEVELS == 255
    assert isinstance(inputs.zero, int)
    assert not rounded(inputs, np.zeros((2, 8)), np.ones((2, 1))).any()


@pytest.mark.parametrize("name", DIVISOR)
@given(seen=SEEN, x=ROWS)
def test_every_value_is_one_of_256_and_values_beyond_them_are_clipped(
    name: str, seen: Floats, x: Floats
) -> None:
    inputs = activations(name, as_input(name, seen))
    x = as_input(name, x)
    found = integers(inputs, x)
    np.testing.assert_allclose(found, np.round(found), atol=1e-9)
    assert found.min() > -0.5
    assert found.max() < LEVELS + 0.5
    ones = np.ones((1, 1))
    for beyond, last in ((-1e6, -inputs.zero), (1e6, LEVELS - inputs.zero)):
        (value,) = rounded(inputs, np.array([[beyond]]), ones)[0]
        assert value == pytest.approx(last * inputs.step)


@pytest.mark.parametrize("name", SHARED)
@given(seen=SEEN)
def test_what_the_build_saw_moves_by_half_a_step_or_less(name: str, seen: Floats) -> None:
    """At the ends of the range, by half a step more, because 0 became an integer."""
    inputs = activations(name, seen)
    moved = np.abs(rounded(inputs, seen, np.ones((len(seen), 1))) - seen)
    assert moved.max() <= 1.01 * inputs.step
    inside = (seen > seen.min() + inputs.step) & (seen < seen.max() - inputs.step)
    assert moved[inside].max(initial=0) <= 0.501 * inputs.step


@given(x=ROWS)
def test_rows_with_a_divisor_are_not_clipped(x: Floats) -> None:
    for name in ("attention_output", "output"):
        rows = as_input(name, x)
        inputs = activations(name, rows)
        divisor = divisors(inputs.divisor, rows)
        moved = np.abs(rounded(inputs, rows, divisor) - rows / divisor)
        assert moved.max() <= 0.501 * inputs.step, name


@pytest.mark.parametrize("name", ["attention_output", "output"])
@given(seen=SEEN, other=SEEN)
def test_rows_with_a_divisor_have_the_same_step_whatever_the_build_saw(
    name: str, seen: Floats, other: Floats
) -> None:
    assert activations(name, seen) == activations(name, other)


@given(x=ROWS)
def test_a_divided_gelu_output_is_between_minus_an_eighth_and_one(x: Floats) -> None:
    activated = gelu(x)
    assert activated.min() > -GELU_MINIMUM
    divisor = divisors(Divisor.MAXIMUM, activated)
    assert divisor.min() >= SMALLEST_MAXIMUM
    divided = activated / divisor
    assert divided.min() > -1 / 8
    assert divided.max() <= 1
    inputs = activations("output", activated)
    # So eight ninths of the integers are above 0's.
    assert inputs.zero == round(LEVELS / 9)


@given(x=ROWS)
def test_a_row_divided_by_its_magnitude_reaches_one(x: Floats) -> None:
    x = as_input("attention_output", x)
    divided = x / divisors(Divisor.MAGNITUDE, x)
    np.testing.assert_array_equal(np.abs(divided).max(axis=1), 1)


def test_a_last_bit_of_the_build_does_not_reach_the_step() -> None:
    """BLASes differ in it, and the bundle is the same with each."""
    seen = np.random.default_rng(1).normal(size=(100, 384))
    assert activations("qkv", seen) == activations("qkv", np.nextafter(seen, np.inf))
