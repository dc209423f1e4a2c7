"""The int8 model: weights of 8 bits, products in integers, everything else in float32.

    calibrate (what do the layers see?) → smooth (outliers move into the weights) → round

Activations are quantized when they are known, with one scale for a text (onnxruntime's dynamic
quantization, onnxruntime.ai/docs/performance/model-optimizations/quantization.html); since a run
sees one text, its vector does not depend on its neighbours. Where that is too coarse, each token
has a scale of its own: behind the GELU, a few tokens are ten times as large as the others.
The embedding table is looked up, not multiplied: it is kept in float16. Softmax, GELU, the
normalisations and the pooling stay as they are.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from model_layer.build.calibration import calibration_ids, grams, ranges
from model_layer.build.parameters import Dense, Layer, Parameters, QuantizedDense
from model_layer.build.rounding import round_weights
from model_layer.build.smooth import smooth

PER_ROW = frozenset(["output"])  # the dense layers with a scale for each token


def quantize(
    parameters: Parameters[Dense], tokenizer_file: Path, *, pairs_bounded: bool = True
) -> Parameters[QuantizedDense]:
    """The parameters in 8 bits; always the same ones.

    pairs_bounded: see `rounding`. Full-range weights are wrong on a CPU without VNNI; they are
        for the test that can tell.
    """
    texts = calibration_ids(tokenizer_file)
    smoothed = smooth(parameters, ranges(parameters, texts))
    gram = grams(smoothed, texts, PER_ROW)

    def quantized(number: int, name: str) -> QuantizedDense:
        dense: Dense = getattr(smoothed.layers[number], name)
        weight, scale = round_weights(dense.weight, gram[number, name], pairs_bounded=pairs_bounded)
        return QuantizedDense(weight, scale, dense.bias, per_row=name in PER_ROW)

    layers = (
        Layer(
            qkv=quantized(number, "qkv"),
            attention_output=quantized(number, "attention_output"),
            attention_norm=layer.attention_norm,
            intermediate=quantized(number, "intermediate"),
            output=quantized(number, "output"),
            output_norm=layer.output_norm,
        )
        for number, layer in enumerate(smoothed.layers)
    )
    return Parameters(
        words=parameters.words.astype(np.float16),
        positions=smoothed.positions,
        embeddings_norm=smoothed.embeddings_norm,
        layers=tuple(layers),
    )
