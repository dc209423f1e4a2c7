"""The reference: what sentence-transformers gives for the texts of `texts.json`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Golden:
    """Texts, with the vectors and the token counts that sentence-transformers gives."""

    texts: list[str]
    kinds: list[str]
    vectors: NDArray[np.float32]  # (texts, 384)
    tokens_read: NDArray[np.int32]  # (texts,)
    tokens: NDArray[np.int32]  # (texts,), before any cut


def read_golden() -> Golden:
    """The reference, as `make golden` wrote it."""
    pairs = json.loads((FOLDER / "texts.json").read_text())
    tokens = np.load(FOLDER / "tokens.npy")
    return Golden(
        texts=[pair["text"] for pair in pairs],
        kinds=[pair["kind"] for pair in pairs],
        vectors=np.load(FOLDER / "vectors.npy"),
        tokens_read=tokens[:, 0],
        tokens=tokens[:, 1],
    )
