"""The model in numpy and double precision, with its matrix products in the caller's hands.

Its results decide how the weights are rounded, so they must not depend on the machine. BLAS
libraries differ in the last bits of a double, which practically never decide a rounding to
8 bits. A test builds with the kernels of another CPU, and the image's build checks the
fingerprint. Not used at run time.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Product:
    """A dense layer's turn: what it is given, and what is added to its output.

    x: (tokens, inputs), of all texts. residual: (tokens, outputs), or None.
    """

    layer: int
    name: str
    x: Floats
    residual: Floats | None = None


def products(
    parameters: Parameters[Dense], texts: Sequence[NDArray[np.int32]]
) -> Generator[Product, Floats, Floats]:
    """The model without its dense layers: yields the input of each, and is sent its output.

    texts: ids, (tokens,) each, specials included. All texts are computed at once, except in the
        attention.
    Returns the mean of each text's last hidden states, (texts, 384), not normalised.
    """
    ends = np.cumsum([len(ids) for ids in texts])
    rows_of = [slice(end - len(ids), end) for ids, end in zip(texts, ends, strict=True)]
    embedded = (parameters.words[ids] + parameters.positions[: len(ids)] for ids in texts)
    hidden, residual = _normalize(parameters.embeddings_norm, np.concatenate([*embedded]))
    # One name for all outputs, because they are large: each makes room for the next.
    for number, layer in enumerate(parameters.layers):
        output = yield Product(number, "qkv", hidden)
        output = np.concatenate([_attend(output[rows]) for rows in rows_of])
        output = yield Product(number, "attention_output", output, residual)
        hidden, residual = _normalize(layer.attention_norm, output + residual)
        output = yield Product(number, "intermediate", hidden)
        for rows in rows_of:  # in place, and in parts: GELU's steps need five times the memory
            output[rows] = gelu(output[rows])
        output = yield Product(number, "output", output, residual)
        hidden, residual = _normalize(layer.output_norm, output + residual)
    return np.stack([hidden[rows].mean(axis=0) for rows in rows_of])


def forward(
    parameters: Parameters[Dense], texts: Sequence[NDArray[np.int32]], observe: Observe
) -> Floats:
    """The means of `products` with the parameters' own dense layers, (texts, 384).

    observe: called with the input of every dense layer on the way, for all texts.
    """
    model = products(parameters, texts)
    product = next(model)
    while True:
        observe(product.layer, product.name, product.x)
        dense: Dense = getattr(parameters.layers[product.layer], product.name)
        try:
            product = model.send(product.x @ dense.weight + dense.bias)
        except StopIteration as end:
            means: Floats = end.value
            return means


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
