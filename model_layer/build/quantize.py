"""The int8 model: 8-bit weights, integer products, everything else in float32.

    calibrate (what do the layers see?) → smooth (outliers move into the weights) → round

The dense layers are rounded in the order in which they run. Each sees what the rounded layers
before it make of the calibration texts, beside what the exact ones would. So before a layer's
weights are rounded, they change a little, to undo the errors that reach it (GPTAQ, Li et al. 2025,
arXiv 2504.02692). The two layers whose output meets the residual undo its errors as well.

How activations are quantized is in `activations`. The embedding table is looked up, not
multiplied, so it stays in float16. Softmax, normalisation and pooling do not change. GELU is
onnxruntime's FastGelu, with tanh: alone, it leaves every vector at a cosine of 0.99999 or more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model_layer.build.activations import activations, divisors, rounded
from model_layer.build.calibration import Key, calibration_ids, ranges
from model_layer.build.forward import Product, products
from model_layer.build.parameters import Dense, Floats, Layer, Parameters, QuantizedDense
from model_layer.build.rounding import round_weights
from model_layer.build.smooth import smooth

# How strongly the change that undoes earlier errors is held back, as a multiple of the mean
# diagonal. With less, it fits the calibration texts better and others worse.
RESTRAINT = 10.0


def quantize(
    parameters: Parameters[Dense], tokenizer_file: Path, *, pairs_bounded: bool = True
) -> Parameters[QuantizedDense]:
    """The parameters in 8 bits. The result is always the same.

    pairs_bounded: see `rounding`. Without the bound, products are wrong on a CPU without VNNI;
        only a test that shows this turns it off.
    """
    texts = calibration_ids(tokenizer_file)
    smoothed = smooth(parameters, ranges(parameters, texts))
    words = parameters.words.astype(np.float16)
    # Every text has the same weight.
    shares = np.concatenate([np.full((len(ids), 1), 1 / len(ids)) for ids in texts])
    exact, ours = products(smoothed, texts), products(replace(smoothed, words=words), texts)
    found: dict[Key, QuantizedDense] = {}
    wanted, given = next(exact), next(ours)
    while True:
        dense: Dense = getattr(smoothed.layers[given.layer], given.name)
        quantized, target, output = _quantized(
            dense, wanted, given, shares, pairs_bounded=pairs_bounded
        )
        found[given.layer, given.name] = quantized
        try:
            wanted, given = exact.send(target), ours.send(output)
        except StopIteration:
            break
    layers = (_layer(layer, number, found) for number, layer in enumerate(smoothed.layers))
    return Parameters(
        words=words,
        positions=smoothed.positions,
        embeddings_norm=smoothed.embeddings_norm,
        layers=tuple(layers),
    )


def _layer(
    layer: Layer[Dense], number: int, found: Mapping[Key, QuantizedDense]
) -> Layer[QuantizedDense]:
    return Layer(
        qkv=found[number, "qkv"],
        attention_output=found[number, "attention_output"],
        attention_norm=layer.attention_norm,
        intermediate=found[number, "intermediate"],
        output=found[number, "output"],
        output_norm=layer.output_norm,
    )


def _quantized(
    dense: Dense, wanted: Product, given: Product, shares: Floats, *, pairs_bounded: bool
) -> tuple[QuantizedDense, Floats, Floats]:
    """The dense layer in 8 bits, and its outputs: in the exact model, and in the rounded one.

    wanted, given: its inputs in these two. shares: each token's share of its text, (tokens, 1).
    """
    inputs = activations(given.name, given.x)
    divisor = divisors(inputs.divisor, given.x)
    x = rounded(inputs, given.x, divisor)
    target = wanted.x @ dense.weight
    missing = target - _product(x, dense.weight, divisor)
    if wanted.residual is not None and given.residual is not None:
        missing += wanted.residual - given.residual
    missing /= divisor
    weight, scale = _round(dense.weight, x, missing, shares, pairs_bounded=pairs_bounded)
    del missing  # it may be as large as all the rest
    output = _product(x, weight.astype(np.float64) * scale, divisor)
    output += dense.bias
    target += dense.bias
    return QuantizedDense(weight, scale, dense.bias, inputs), target, output


def _product(x: Floats, weight: Floats, divisor: Floats) -> Floats:
    product: Floats = x @ weight
    product *= divisor
    return product


def _round(
    weight: Floats, x: Floats, missing: Floats, shares: Floats, *, pairs_bounded: bool
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """The weights, changed so that they give what is missing, as integers and scales.

    x: (tokens, inputs), rounded; missing: (tokens, outputs); shares: (tokens, 1).
    """
    shared = (x * shares).T
    gram = shared @ x
    restrained = gram + np.eye(len(gram)) * (RESTRAINT * np.mean(np.diag(gram)))
    change = np.linalg.solve(restrained, shared @ missing)
    return round_weights(weight + change, gram, pairs_bounded=pairs_bounded)
