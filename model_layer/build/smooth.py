"""Moves the outliers of the activations into the weights, before `rounding` rounds them.

SmoothQuant (Xiao et al. 2022, arXiv 2211.10438), with centred channels as in Outlier
Suppression+ (Wei et al. 2023, arXiv 2304.09145).

A few channels of a LayerNorm's output are ten times as large as the others. With one scale for
all channels, the others would keep three bits. So a channel's centre z, and a factor s of its
range, move from the LayerNorm into the weights behind it:

    x · W = ((x - z) / s) · (s * W) + z · W

In exact arithmetic the function stays the same. The residual connection multiplies by s again
(`Norm.residual`), and adds z with the bias of the branch that it meets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from model_layer.build.calibration import Key
from model_layer.build.parameters import Dense, Floats, Layer, Norm, Parameters

# How much of the range moves into the weights, from 0 (none) to 1 (all), for each dense layer
# behind a norm. SmoothQuant's α; it recommends 0.5, and more for models with more outliers.
ALPHA = {"qkv": 0.9, "intermediate": 0.8}
DIGITS = 4  # significant digits of a factor, so that differences between BLASes do not reach it


def smooth(parameters: Parameters[Dense], ranges: Mapping[Key, Floats]) -> Parameters[Dense]:
    """Parameters of the same function, whose activations are easier to quantize."""
    norm = parameters.embeddings_norm
    layers: list[Layer[Dense]] = []
    for number, layer in enumerate(parameters.layers):
        norm, qkv, centre = _migrate(norm, layer.qkv, ranges[number, "qkv"], ALPHA["qkv"])
        layer = replace(
            layer, qkv=qkv, attention_output=_add_to_bias(layer.attention_output, centre)
        )
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
                output=_add_to_bias(layer.output, centre),
            )
        )
        norm = layer.output_norm
    return replace(parameters, embeddings_norm=first, layers=tuple(layers))


def _migrate(
    norm: Norm, dense: Dense, channels: Floats, alpha: float
) -> tuple[Norm, Dense, Floats]:
    """The smoothed norm and dense layer, and z, which the residual connection now lacks.

    channels: the minimum and maximum of each channel of the norm's output, (2, inputs).
    """
    minimum, maximum = channels
    centre = _rounded((minimum + maximum) / 2)
    reach = np.maximum(maximum - centre, centre - minimum)
    factor = reach**alpha / np.abs(dense.weight).max(axis=1) ** (1 - alpha)
    factor = _rounded(factor / np.exp(np.log(factor).mean()))
    return (
        Norm(norm.scale / factor, (norm.shift - centre) / factor, residual=factor),
        Dense(dense.weight * factor[:, np.newaxis], dense.bias + centre @ dense.weight),
        centre,
    )


def _add_to_bias(dense: Dense, centre: Floats) -> Dense:
    return replace(dense, bias=dense.bias + centre)


def _rounded(values: Floats) -> Floats:
    return np.array([float(f"{value:.{DIGITS}g}") for value in values])
