"""Weights to 8 bits: one scale for each column, and a rounding whose errors cancel.

**The rounding** is GPTQ's (Frantar et al. 2022, arXiv 2210.17323). It rounds one row of the
weights after another. After each row, it changes the rows not yet rounded so that they cancel the
row's effect on the products as well as possible. This is a least-squares problem, which needs
only the Gram matrix xᵀx of the inputs. The rows of the largest inputs come first, when most rows
are left to cancel their errors.

**The bound** keeps the products right on x86 CPUs without VNNI, such as Lambda's. There,
onnxruntime uses VPMADDUBSW: it multiplies unsigned inputs by signed weights and adds two
neighbours along the inputs. The sum *saturates* at 16 bits, silently. (onnxruntime's guide to
quantization recommends `reduce_range`, which leaves 7 bits.) But only the sum of a pair must fit:

    An input is at most 255, and 255 · 128 = 32,640 ≤ 32,767 = 2¹⁵ - 1.
    A pair is the weights in rows 2i and 2i + 1 of a column. If they have the same sign,
    |a| + |b| ≤ 128 gives |255 a + 255 b| ≤ 255 · 128. If not, the sum lies between
    255 · min(a, b) and 255 · max(a, b), and |a|, |b| ≤ 127.

So a column's scale is the larger of its largest value / 127 and its largest pair / 127.5. This
leaves rounding half a step on both sides. Rows changed by a correction are clipped to the bound.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model_layer.build.parameters import Floats

# This share of the mean diagonal is added to the diagonal. GPTQ uses 0.01; more is safer for
# inputs that the calibration did not see.
DAMPING = 0.1
BLOCK = 64  # rows whose corrections reach the later rows at once: faster, with the same result
DIGITS = 6  # significant digits
LARGEST = 127
LARGEST_PAIR = 128


def round_weights(
    weight: Floats, gram: Floats, *, pairs_bounded: bool = True
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """`weight`, (inputs, outputs), as integers times a scale for each column, (outputs,).

    gram: xᵀx of the inputs, (inputs, inputs).
    pairs_bounded: keep the bound above. Without it the weights use their full range, and x86 CPUs
        without VNNI compute wrong products.
    """
    scale = column_scale(weight, pairs_bounded=pairs_bounded).astype(np.float32)
    scale[scale == 0] = 1  # a column of zeros stays zero with any scale
    inputs = len(weight)
    order = _pairs_by_size(np.diag(gram))
    damped = gram[np.ix_(order, order)] + np.eye(inputs) * (DAMPING * np.mean(np.diag(gram)))
    # Row k holds how much the rows after k change for an error in row k.
    correction = np.linalg.cholesky(np.linalg.inv(damped)).T
    rest = weight[order] / scale  # in steps; rows not yet rounded hold their corrections
    ordered = np.zeros(weight.shape)
    for start in range(0, inputs, BLOCK):
        end = min(start + BLOCK, inputs)
        errors = np.zeros((end - start, weight.shape[1]))
        for row in range(start, end):
            ordered[row] = np.clip(np.round(rest[row]), -LARGEST, LARGEST)
            if pairs_bounded and row % 2:
                ordered[row] = _bounded(ordered[row], ordered[row - 1])
            errors[row - start] = (rest[row] - ordered[row]) / correction[row, row]
            rest[row + 1 : end] -= np.outer(correction[row, row + 1 : end], errors[row - start])
        rest[end:] -= correction[start:end, end:].T @ errors
    rounded = np.empty_like(ordered)
    rounded[order] = ordered
    return rounded.astype(np.int8), scale


def column_scale(weight: Floats, *, pairs_bounded: bool) -> Floats:
    """The step between two integers, for each column: (inputs, outputs) → (outputs,)."""
    scale: Floats = np.abs(weight).max(axis=0) / LARGEST
    if not pairs_bounded:
        return scale
    even, odd = weight[0::2], weight[1::2]
    pairs = np.where(even * odd > 0, np.abs(even + odd), 0)
    bounded: Floats = np.maximum(scale, pairs.max(axis=0) / (LARGEST_PAIR - 0.5))
    return bounded


def _pairs_by_size(squares: Floats) -> NDArray[np.int64]:
    """The rows by the mean square of their inputs, the largest first; pairs stay together.

    Rounded to DIGITS, so that differences between BLASes do not reach the order.
    """
    pairs = [float(f"{pair:.{DIGITS}g}") for pair in squares[0::2] + squares[1::2]]
    first = np.argsort(-np.array(pairs), kind="stable")
    return np.stack([2 * first, 2 * first + 1], axis=1).ravel()


def _bounded(odd: Floats, even: Floats) -> Floats:
    """The values of the odd row, made smaller where the pair's sum is too large."""
    over = (odd * even > 0) & (np.abs(odd + even) > LARGEST_PAIR)
    return np.where(over, np.sign(odd) * (LARGEST_PAIR - np.abs(even)), odd)
