"""Statistics of what the dense layers are given, over the texts of `calibration.txt`.

Some 200 texts written for this: questions, prose, code, logs, formulas, some forty languages,
single words, one sign many times over; since a channel that is quiet in English prose may be
loud elsewhere. None is among the reference texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from model_layer.build.forward import forward
from model_layer.build.parameters import MAX_TOKENS, Dense, Floats, Parameters

TEXTS = Path(__file__).with_suffix(".txt")
TOGETHER = 16  # texts computed side by side: bounds the memory
STRIDE = 37  # a prime, so that it brings every text behind another one, in a fixed order

Key = tuple[int, str]  # a layer's number, and the name of one of its dense layers


def calibration_ids(tokenizer_file: Path) -> list[NDArray[np.int32]]:
    """The texts' ids: each on its own, and all once more in long texts."""
    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.no_padding()
    texts = TEXTS.read_text(encoding="utf-8").splitlines()
    shuffled = [texts[n * STRIDE % len(texts)] for n in range(len(texts))]
    joined = [" ".join(shuffled[n : n + 7]) for n in range(0, len(shuffled), 7)]
    encodings = tokenizer.encode_batch(texts + joined)
    return [np.array(encoding.ids, np.int32) for encoding in encodings]


def ranges(parameters: Parameters[Dense], texts: Sequence[NDArray[np.int32]]) -> dict[Key, Floats]:
    """The least and the largest of each channel of each dense layer's input, (2, inputs)."""
    found: dict[Key, Floats] = {}

    def see(layer: int, name: str, x: Floats) -> None:
        new = np.stack([x.min(axis=0), x.max(axis=0)])
        old = found.get((layer, name), new)
        found[layer, name] = np.stack([np.minimum(old[0], new[0]), np.maximum(old[1], new[1])])

    for some in _batches(texts):
        forward(parameters, some, see)
    return found


def grams(
    parameters: Parameters[Dense], texts: Sequence[NDArray[np.int32]], divided: Iterable[str]
) -> dict[Key, Floats]:
    """xᵀx of each dense layer's input x, (inputs, inputs), in which every text counts the same.

    divided: the names of layers whose rows are divided by `row_divisor` before.
    """
    divided = set(divided)
    found: dict[Key, Floats] = {}

    for some in _batches(texts):
        weight = np.concatenate([np.full((len(ids), 1), 1 / len(ids)) for ids in some])

        def see(layer: int, name: str, x: Floats, weight: Floats = weight) -> None:
            if name in divided:
                x = x / row_divisor(x)
            found[layer, name] = found.get((layer, name), 0) + (x * weight).T @ x

        forward(parameters, some, see)
    return found


GELU_MINIMUM = 0.17  # it is never less than -0.16997


def row_divisor(x: Floats) -> Floats:
    """What brings each row of a GELU's outputs into (-1, 1): (tokens, n) → (tokens, 1).

    A row whose largest is negative it brings less far; among 1,536 channels one always is not.
    """
    divisor: Floats = x.max(axis=1, keepdims=True) + GELU_MINIMUM
    return divisor


def _batches(texts: Sequence[NDArray[np.int32]]) -> Iterator[Sequence[NDArray[np.int32]]]:
    return (texts[n : n + TOGETHER] for n in range(0, len(texts), TOGETHER))
