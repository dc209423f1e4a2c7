"""The model in numpy and double precision, which shows the inputs of its matrix products.

Its results decide how the weights are rounded, so they must not depend on the machine. BLAS
libraries differ in the last bits of a double, which practically never decide a rounding to
8 bits. A test builds with the kernels of another CPU, and the image's build checks the
fingerprint. Not used at run time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from model_layer.build.parameters import (
    DIMENSIONS,
    EPSILON,
    HEADS,
    Dense,
    Floats,
    Norm,
    Parameters,
)

# Is given the layer's number, the name of the dense layer, and its input, (tokens, n).
Observe = Callable[[int, str, Floats], None]


def forward(
    parameters: Parameters[Dense], texts: Sequence[NDArray[np.int32]], observe: Observe
) -> Floats:
    """The mean of each text's last hidden states, (texts, 384), not normalised.

    texts: ids, (tokens,) each, specials included. All texts are computed at once, except in the
        attention.
    observe: called with the input of every dense layer on the way, for all texts.
    """
    ends = np.cumsum([len(ids) for ids in texts])
    rows_of = [slice(end - len(ids), end) for ids, end in zip(texts, ends, strict=True)]
    embedded = [parameters.words[ids] + parameters.positions[: len(ids)] for ids in texts]
    hidden, residual = _normalize(parameters.embeddings_norm, np.concatenate(embedded))
    for number, layer in enumerate(parameters.layers):
        # The default binds `number` now; a closure would see the last one.
        def project(name: str, x: Floats, number: int = number) -> Floats:
            observe(number, name, x)
            dense: Dense = getattr(parameters.layers[number], name)
            return x @ dense.weight + dense.bias

        qkv = project("qkv", hidden)
        heads = np.concatenate([_attend(qkv[rows]) for rows in rows_of])
        attended = project("attention_output", heads)
        hidden, residual = _normalize(layer.attention_norm, attended + residual)
        activated = gelu(project("intermediate", hidden))
        hidden, residual = _normalize(layer.output_norm, project("output", activated) + residual)
    return np.stack([hidden[rows].mean(axis=0) for rows in rows_of])


def _normalize(norm: Norm, x: Floats) -> tuple[Floats, Floats]:
    """The output of LayerNorm, and the input of the next residual addition."""
    centred = x - x.mean(axis=1, keepdims=True)
    deviation = np.sqrt((centred**2).mean(axis=1, keepdims=True) + EPSILON)
    normed = centred / deviation * norm.scale + norm.shift
    return normed, normed if norm.residual is None else normed * norm.residual


def _attend(qkv: Floats) -> Floats:
    """softmax(q · k / √32) · v of one text with all heads: (tokens, 3 * 384) → (tokens, 384)."""
    tokens = len(qkv)
    q, k, v = qkv.reshape(tokens, 3, HEADS, -1).transpose(1, 2, 0, 3)
    scores = q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=2, keepdims=True))
    heads = powers / powers.sum(axis=2, keepdims=True) @ v
    merged: Floats = heads.transpose(1, 0, 2).reshape(tokens, DIMENSIONS)
    return merged


def gelu(x: Floats) -> Floats:
    """x Φ(x) to within 3e-7. numpy has no erf; this is Abramowitz and Stegun, 7.1.26."""
    z = np.abs(x) / np.sqrt(2)
    t = 1 / (1 + 0.3275911 * z)
    powers = 0.254829592 + t * (
        -0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))
    )
    erf = np.copysign(1 - t * powers * np.exp(-z * z), x)
    activated: Floats = 0.5 * x * (1 + erf)
    return activated


GELU_MINIMUM = 0.17  # GELU is never less than -0.16997


def row_divisor(x: Floats) -> Floats:
    """The number that scales each row of GELU outputs into (-1, 1): (tokens, n) → (tokens, 1).

    It is never 0. (A row without a positive output would leave that range, but stay finite.)
    """
    divisor: Floats = x.max(axis=1, keepdims=True) + GELU_MINIMUM
    return divisor
