"""Texts that every client embeds, and the vectors that it must get."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model_layer import Encoder

# The third has more than the model's 256 tokens.
TEXTS = ["a cat", "two lines\nof Größe 你好 🚀", "x " * 300]


def many(count: int) -> list[str]:
    """`count` texts of 23 kinds: cheap to encode, and consecutive batches begin differently."""
    return [f"document {number % 23}\nin Größe 你好 🚀" for number in range(count)]


def vectors_of(encoder: Encoder, texts: Sequence[str]) -> NDArray[np.float32]:
    """The encoder's vectors, in the order of the texts; equal texts are encoded once."""
    distinct = list(dict.fromkeys(texts))
    row = {text: number for number, text in enumerate(distinct)}
    return encoder.encode(distinct).vectors[[row[text] for text in texts]]


def as_rows(vectors: Sequence[Sequence[float]]) -> NDArray[np.float32]:
    return np.array(vectors, np.float32)


def assert_equal_to_the_last_bits(
    rows: Sequence[Sequence[float]], expected: NDArray[np.floating[Any]]
) -> None:
    """For clients that compute with the vectors in float64 or normalize them again."""
    np.testing.assert_allclose(as_rows(rows), expected, atol=1e-6)
