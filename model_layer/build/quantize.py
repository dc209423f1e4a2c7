"""The int8 model: 8-bit weights, integer products, everything else in float32.

    calibrate (what do the layers see?) → smooth (outliers move into the weights) → round

Activations are quantized at run time, with one scale for a text (onnxruntime's dynamic
quantization, onnxruntime.ai/docs/performance/model-optimizations/quantization.html). A run sees
one text, so its vector does not depend on others. Behind the GELU, a few tokens are ten times as
large as the others, so there each token has its own scale. The embedding table is looked up, not
multiplied, so it stays in float16. Softmax, GELU, normalisation and pooling do not change.
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
    """The parameters in 8 bits. The result is always the same.

    pairs_bounded: see `rounding`. Without the bound, products are wrong on a CPU without VNNI;
        only a test that shows this turns it off.
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
