"""Move the outliers of the activations into the weights: SmoothQuant (Xiao et al. 2022,
arXiv 2211.10438), with the channels centred first as in Outlier Suppression+ (Wei et al. 2023,
arXiv 2304.09145).

A few channels of a LayerNorm's output are ten times as large as the others; with one scale for
all of them, the others keep three bits. The channel's centre and part of its range can be
divided out of the normalisation and multiplied into the weights that read it, since

    x · W = ((x - z) / s) · (s * W) + z · W

The function stays the same, in exact arithmetic; what the residual connection needs of x is
multiplied back (`Norm.residual`), and z is added with the bias of the branch it meets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from model_layer.build.calibration import Key
from model_layer.build.parameters import Dense, Floats, Layer, Norm, Parameters

# How much of a range moves into the weights: 0 is nothing, 1 is all of it. (SmoothQuant's α, of
# which it says 0.5; more outliers want more.) One for each of the dense layers behind a norm.
ALPHA = {"qkv": 0.8, "intermediate": 0.7}
DIGITS = 4  # that a factor keeps: the last bits of a BLAS do not reach the file


def smooth(parameters: Parameters[Dense], ranges: Mapping[Key, Floats]) -> Parameters[Dense]:
    """The same function, with inputs that are easier to quantize."""
    norm = parameters.embeddings_norm
    layers: list[Layer[Dense]] = []
    for number, layer in enumerate(parameters.layers):
        norm, qkv, centre = _migrate(norm, layer.qkv, ranges[number, "qkv"], ALPHA["qkv"])
        layer = replace(layer, qkv=qkv, attention_output=_add(layer.attention_output, centre))
        if layers:
            layers[-1] = replace(layers[-1], output_norm=norm)
        else:
            first = norm
        attention_norm, intermediate, centre = _migrate(
            layer.attention_norm,
            layer.intermediate,
            ranges[number, "intermediate"],
            ALPHA["intermediate"],
        )
        layers.append(
            replace(
                layer,
                attention_norm=attention_norm,
                intermediate=intermediate,
                output=_add(layer.output, centre),
            )
        )
        norm = layer.output_norm
    return replace(parameters, embeddings_norm=first, layers=tuple(layers))


def _migrate(
    norm: Norm, dense: Dense, channels: Floats, alpha: float
) -> tuple[Norm, Dense, Floats]:
    """The norm and the dense layer behind it, smoothed; and z, which the residual now lacks."""
    least, largest = channels
    centre = _rounded((least + largest) / 2)
    reach = np.maximum(largest - centre, centre - least)
    factor = reach**alpha / np.abs(dense.weight).max(axis=1) ** (1 - alpha)
    factor = _rounded(factor / np.exp(np.log(factor).mean()))
    return (
        Norm(norm.scale / factor, (norm.shift - centre) / factor, residual=factor),
        Dense(dense.weight * factor[:, np.newaxis], dense.bias + centre @ dense.weight),
        centre,
    )


def _add(dense: Dense, centre: Floats) -> Dense:
    return replace(dense, bias=dense.bias + centre)


def _rounded(values: Floats) -> Floats:
    return np.array([float(f"{value:.{DIGITS}g}") for value in values])
