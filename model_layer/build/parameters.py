"""The model's parameters, which the steps of the build pass on: read, smoothed, quantized.

BERT (Devlin et al. 2018, arXiv 1810.04805) with six identical post-norm layers. The parts are
named as in the file of weights. Changes no value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

LAYERS = 6
HEADS = 12
DIMENSIONS = 384
MAX_TOKENS = 256  # sentence_bert_config.json; the position table has 512 rows
EPSILON = 1e-12  # config.json: layer_norm_eps


Floats = NDArray[np.float64]  # exact for the file's float32; the graph stores float32 again


@dataclass(frozen=True)
class Dense:
    """y = x · weight + bias."""

    weight: Floats  # (inputs, outputs)
    bias: Floats  # (outputs,)

    def parts(self, number: int) -> list[Dense]:
        """Layers with the same input, which share the outputs in equal parts."""
        split = (np.split(values, number, axis=-1) for values in (self.weight, self.bias))
        return [Dense(*part) for part in zip(*split, strict=True)]


class Divisor(Enum):
    """By what each row of activations is divided; see `activations`."""

    ONE = "one"
    MAGNITUDE = "magnitude"  # its largest absolute value
    MAXIMUM = "maximum"  # its largest value


@dataclass(frozen=True)
class Activations:
    """How a dense layer's input becomes 8-bit integers: round(x / divisor / step) + zero."""

    step: float
    zero: int  # the integer of 0.0
    divisor: Divisor


@dataclass(frozen=True)
class QuantizedDense:
    """y = x · (weight * scale) + bias, in integers: x is quantized at run time."""

    weight: NDArray[np.int8]  # (inputs, outputs)
    scale: NDArray[np.float32]  # (outputs,)
    bias: Floats  # (outputs,)
    activations: Activations

    def parts(self, number: int) -> list[QuantizedDense]:
        """Layers with the same input, which share the outputs in equal parts."""
        split = (np.split(part, number, axis=-1) for part in (self.weight, self.scale, self.bias))
        return [
            QuantizedDense(weight, scale, bias, self.activations)
            for weight, scale, bias in zip(*split, strict=True)
        ]


@dataclass(frozen=True)
class Norm:
    """LayerNorm: (x - mean) / deviation * scale + shift.

    The output goes to a matrix product and to a residual addition.
    residual: the factor for each channel that turns the first into the second; None if both are
        the same.
    """

    scale: Floats  # (384,)
    shift: Floats  # (384,)
    residual: Floats | None = None  # (384,)


DenseT = TypeVar("DenseT", Dense, QuantizedDense)


@dataclass(frozen=True)
class Layer(Generic[DenseT]):
    qkv: DenseT  # (384, 3 * 384): query, key, value
    attention_output: DenseT  # (384, 384)
    attention_norm: Norm
    intermediate: DenseT  # (384, 1536)
    output: DenseT  # (1536, 384)
    output_norm: Norm


@dataclass(frozen=True)
class Parameters(Generic[DenseT]):
    words: NDArray[np.float32] | NDArray[np.float16]  # (30522, 384)
    positions: Floats  # (256, 384), with the token type's vector: every token is of type 0
    embeddings_norm: Norm
    layers: tuple[Layer[DenseT], ...]


def read_parameters(safetensors_file: Path) -> Parameters[Dense]:
    """The parameters as sentence-transformers published them."""
    weights = load_file(safetensors_file)

    def norm(name: str) -> Norm:
        return Norm(_float64(weights, f"{name}.weight"), _float64(weights, f"{name}.bias"))

    def dense(*names: str) -> Dense:
        """One layer in place of several with the same input."""
        return Dense(
            np.concatenate([_float64(weights, f"{name}.weight").T for name in names], axis=1),
            np.concatenate([_float64(weights, f"{name}.bias") for name in names]),
        )

    def layer(name: str) -> Layer[Dense]:
        projections = (f"{name}.attention.self.{part}" for part in ("query", "key", "value"))
        return Layer(
            qkv=dense(*projections),
            attention_output=dense(f"{name}.attention.output.dense"),
            attention_norm=norm(f"{name}.attention.output.LayerNorm"),
            intermediate=dense(f"{name}.intermediate.dense"),
            output=dense(f"{name}.output.dense"),
            output_norm=norm(f"{name}.output.LayerNorm"),
        )

    return Parameters(
        words=weights["embeddings.word_embeddings.weight"],
        positions=_float64(weights, "embeddings.position_embeddings.weight")[:MAX_TOKENS]
        + _float64(weights, "embeddings.token_type_embeddings.weight")[0],
        embeddings_norm=norm("embeddings.LayerNorm"),
        layers=tuple(layer(f"encoder.layer.{number}") for number in range(LAYERS)),
    )


def _float64(weights: Mapping[str, NDArray[np.float32]], name: str) -> Floats:
    return weights[name].astype(np.float64)
