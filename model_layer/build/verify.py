"""The last step: the build fails if the bundle's vectors differ from sentence-transformers'.

The reference was made by real sentence-transformers on torch. A checkout has it in `tests/golden/`,
an installed package in `reference/`. Does not run on another CPU: `make test-cpus` does.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model_layer.build.errors import BuildError, Disagreement
from model_layer.encoder import load_encoder

PACKAGED = Path(__file__).parent / "reference"
GOLDEN = PACKAGED if PACKAGED.exists() else Path(__file__).parents[2] / "tests" / "golden"
CANARY = "hello world"
# The minimum cosine of a text with its reference.
WORST = {"int8": 0.993, "fp32": 0.99999}
MEAN = {"int8": 0.999, "fp32": 0.99999}  # over all texts


def canary() -> tuple[str, list[float]]:
    """A reference text and its vector, (384,)."""
    texts, vectors, _ = _reference()
    index = next(n for n, text in enumerate(texts) if text["text"] == CANARY)
    return CANARY, vectors[index].tolist()


def verify(bundle: Path, precision: str) -> float:
    """Compare the bundle's vectors and token counts with the reference; return the worst cosine.

    Raises Disagreement if a text's cosine is below WORST (and names the text), if the mean is
    below MEAN, or if a count differs.
    """
    texts, vectors, tokens = _reference()
    encoded = load_encoder(bundle).encode([text["text"] for text in texts])
    cosines = np.sum(encoded.vectors * vectors, axis=1)
    worst = int(np.argmin(cosines))  # argmin finds a NaN, too
    if not cosines[worst] >= WORST[precision]:
        raise Disagreement(
            f"The {precision} bundle disagrees with sentence-transformers: reference text {worst} "
            f"({texts[worst]['kind']}) has cosine {cosines[worst]:.6f}, not {WORST[precision]}."
        )
    if not (mean := float(cosines.mean())) >= MEAN[precision]:
        raise Disagreement(
            f"The {precision} bundle disagrees with sentence-transformers: the mean cosine over "
            f"the reference texts is {mean:.6f}, not {MEAN[precision]}."
        )
    if wrong := np.flatnonzero(encoded.token_counts != tokens[:, 0]).tolist():
        raise Disagreement(
            f"The tokenizer counts the tokens of reference texts {wrong} differently."
        )
    return float(cosines[worst])


def _reference() -> tuple[list[dict[str, str]], NDArray[np.float32], NDArray[np.int32]]:
    """Kinds and texts; unit vectors, (texts, 384); token counts, (texts, 2): read, in all."""
    try:
        texts = json.loads((GOLDEN / "texts.json").read_text())
        return texts, np.load(GOLDEN / "vectors.npy"), np.load(GOLDEN / "tokens.npy")
    except FileNotFoundError as error:
        raise BuildError(f"The reference vectors are missing: {error.filename}.") from error
