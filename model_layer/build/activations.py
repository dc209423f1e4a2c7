"""How the input of each dense layer becomes 8-bit integers: q = round(x / divisor / step) + zero.

A value's integer depends on its own row (token) alone, never on other rows or other texts:

| the input of | what it is | so |
|---|---|---|
| qkv, intermediate | outputs of LayerNorm: all rows are equally large | one step for all |
| attention_output | means: small where attention is spread | each row by its largest |
| output | outputs of GELU: one token of a text is ten times as large | each row by its largest |

Values beyond the range are clipped. Step and zero are constants of the graph: onnxruntime's static
quantization (onnxruntime.ai/docs/performance/model-optimizations/quantization.html).
"""

from __future__ import annotations

import numpy as np

from model_layer.build.parameters import Activations, Divisor, Floats

LEVELS = 255  # steps between the smallest and the largest integer, 0 and 255
DIGITS = 6  # significant digits of a step, so that differences between BLASes do not reach it
GELU_MINIMUM = 0.17  # GELU is never less than -0.16997
# The least divisor of a row of GELU outputs. So a divided one is at least -1/8, and eight ninths of
# the integers are left to the positive ones. Rows with a smaller maximum need no finer steps.
SMALLEST_MAXIMUM = 8 * GELU_MINIMUM


def activations(name: str, x: Floats) -> Activations:
    """How the dense layer of this name quantizes its input.

    x: that input for the calibration texts, (tokens, inputs).
    """
    if name == "attention_output":
        return Activations(1 / 127, 128, Divisor.MAGNITUDE)
    if name == "output":
        return _between(-GELU_MINIMUM / SMALLEST_MAXIMUM, 1.0, Divisor.MAXIMUM)
    return _between(float(x.min()), float(x.max()), Divisor.ONE)


def _between(least: float, most: float, divisor: Divisor) -> Activations:
    step = float(f"{(most - least) / LEVELS:.{DIGITS}g}")
    return Activations(step, round(-least / step), divisor)


def divisors(divisor: Divisor, x: Floats) -> Floats:
    """What each row of x, (tokens, inputs), is divided by: (tokens, 1)."""
    if divisor is Divisor.MAGNITUDE:
        largest: Floats = np.abs(x).max(axis=1, keepdims=True)
        return largest
    if divisor is Divisor.MAXIMUM:
        maximum: Floats = np.maximum(x.max(axis=1, keepdims=True), SMALLEST_MAXIMUM)
        return maximum
    return np.ones((len(x), 1))


def rounded(quantization: Activations, x: Floats, divisors: Floats) -> Floats:
    """The values that the integers of x / divisors stand for: (tokens, inputs)."""
    values: Floats = x / divisors
    values /= quantization.step  # in place, because the arrays are large
    np.round(values, out=values)
    values += quantization.zero
    np.clip(values, 0, LEVELS, out=values)
    values -= quantization.zero
    values *= quantization.step
    return values
