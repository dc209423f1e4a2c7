"""Statistics of the inputs of the dense layers, over the texts of `calibration.txt`.

Some 230 texts were written for this: questions, prose, code, logs, formulas, some forty
languages, single words, and repeated characters, because a channel that is quiet in English prose
may be loud elsewhere. None of them is a reference text. Changes no parameters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from model_layer.build.forward import forward
from model_layer.build.parameters import MAX_TOKENS, Dense, Floats, Parameters

TEXTS = Path(__file__).with_suffix(".txt")
BATCH_SIZE = 16  # texts computed at a time, which bounds the memory

Key = tuple[int, str]  # the number of a layer, and the name of one of its dense layers


def calibration_ids(tokenizer_file: Path) -> list[NDArray[np.int32]]:
    """The ids of each text alone, then of all texts joined into long ones."""
    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.no_padding()
    texts = TEXTS.read_text(encoding="utf-8").splitlines()
    shuffled = sorted(
        texts, key=lambda text: sha256(text.encode()).digest()
    )  # always the same order
    joined = [" ".join(shuffled[n : n + 7]) for n in range(0, len(shuffled), 7)]
    encodings = tokenizer.encode_batch(texts + joined)
    return [np.array(encoding.ids, np.int32) for encoding in encodings]


def ranges(parameters: Parameters[Dense], texts: Sequence[NDArray[np.int32]]) -> dict[Key, Floats]:
    """The minimum and maximum of each channel of each dense layer's input, (2, inputs)."""
    found: dict[Key, Floats] = {}

    def observe(layer: int, name: str, x: Floats) -> None:
        new = np.stack([x.min(axis=0), x.max(axis=0)])
        old = found.get((layer, name), new)
        found[layer, name] = np.stack([np.minimum(old[0], new[0]), np.maximum(old[1], new[1])])

    for batch in _batches(texts):
        forward(parameters, batch, observe)
    return found


def _batches(texts: Sequence[NDArray[np.int32]]) -> Iterator[Sequence[NDArray[np.int32]]]:
    return (texts[n : n + BATCH_SIZE] for n in range(0, len(texts), BATCH_SIZE))
