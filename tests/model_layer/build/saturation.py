"""VPMADDUBSW in numpy: the instruction that onnxruntime uses on x86 CPUs without VNNI.

It multiplies unsigned inputs by signed weights and adds two neighbours along the inputs to a
signed 16-bit integer, *with saturation*. (Intel's Software Developer's Manual, PMADDUBSW)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def largest_pair(weights: NDArray[np.int8]) -> int:
    """The largest sum of two neighbours (rows 2i and 2i + 1) with the same sign."""
    even, odd = weights[0::2].astype(int), weights[1::2].astype(int)
    return int(np.where(even * odd > 0, np.abs(even + odd), 0).max())


def saturates(weights: NDArray[np.int8], inputs: NDArray[np.uint8]) -> bool:
    """Whether VPMADDUBSW gives a wrong sum.

    weights: (inputs, outputs); inputs: (n, inputs).
    """
    products = inputs[:, :, np.newaxis].astype(np.int64) * weights
    sums = products[:, 0::2] + products[:, 1::2]
    return bool((np.clip(sums, -(2**15), 2**15 - 1) != sums).any())


def extremes(inputs: int) -> NDArray[np.uint8]:
    """The corner inputs of all pairs: at one of them each pair's sum is largest or smallest."""
    corners = np.array([[0, 255], [255, 0], [255, 255]], np.uint8)
    return np.tile(corners, (1, inputs // 2))
