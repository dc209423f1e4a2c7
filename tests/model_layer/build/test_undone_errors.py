"""Quantizing undoes the errors of earlier layers, and every calibration text has one say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from model_layer.artifacts import TOKENIZER
from model_layer.build import quantize as recipe
from model_layer.build.activations import activations, divisors, rounded
from model_layer.build.calibration import calibration_ids
from model_layer.build.forward import forward, products
from model_layer.build.parameters import (
    Activations,
    Dense,
    Floats,
    Parameters,
    QuantizedDense,
)
from model_layer.places import DEFAULT_BUNDLE

Ids = Sequence[NDArray[np.int32]]
UNUSED = Path("the ids are given")


@pytest.fixture
def ids() -> Ids:
    """A few of the calibration texts, so that quantizing takes a second."""
    return calibration_ids(DEFAULT_BUNDLE / TOKENIZER)[:235:8]


@pytest.fixture(params=[1, pytest.param(2, marks=pytest.mark.slow)])
def shallow(request: pytest.FixtureRequest, parameters: Parameters[Dense]) -> Parameters[Dense]:
    """The model with its first layers."""
    return replace(parameters, layers=parameters.layers[: request.param])


def means(quantized: Parameters[Any], texts: Ids) -> Floats:
    """The means of the texts' last hidden states, computed as the quantized model does."""
    model = products(quantized, texts)
    product = next(model)
    while True:
        dense: QuantizedDense = getattr(quantized.layers[product.layer], product.name)
        divisor = divisors(dense.activations.divisor, product.x)
        x = rounded(dense.activations, product.x, divisor)
        weight = dense.weight * dense.scale.astype(np.float64)
        try:
            product = model.send((x @ weight) * divisor + dense.bias)
        except StopIteration as end:
            found: Floats = end.value
            return found


def test_layers_undo_the_errors_that_reach_them(
    shallow: Parameters[Dense], ids: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of the residual included, without which more than a quarter would remain."""

    def coarse(name: str, x: Floats) -> Activations:
        """The recipe's, but with large errors before the first residual."""
        inputs = activations(name, x)
        return replace(inputs, step=12 * inputs.step, zero=128) if name == "qkv" else inputs

    monkeypatch.setattr(recipe, "calibration_ids", lambda _: ids)
    monkeypatch.setattr(recipe, "activations", coarse)
    exact = forward(shallow, ids, lambda *_: None)

    def error() -> float:
        return float(np.sum((means(recipe.quantize(shallow, UNUSED), ids) - exact) ** 2))

    undone = error()
    monkeypatch.setattr(recipe, "RESTRAINT", 1e12)  # nothing changes before it is rounded
    assert undone < 0.2 * error()


def test_every_text_has_the_same_weight_however_long_it_is(
    shallow: Parameters[Dense], monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [np.array([101, *[7592] * words, 102], np.int32) for words in (1, 5)]
    ends = np.cumsum([len(text) for text in texts])
    inputs: list[Floats] = []
    grams: list[Floats] = []

    def watched(quantization: Activations, x: Floats, divisor: Floats) -> Floats:
        inputs.append(rounded(quantization, x, divisor))
        return inputs[-1]

    def keep_gram(
        weight: Floats, gram: Floats, *, pairs_bounded: bool
    ) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
        grams.append(gram)
        scale = (np.abs(weight).max(axis=0) / 127).astype(np.float32)
        return np.round(weight / scale).astype(np.int8), scale

    monkeypatch.setattr(recipe, "calibration_ids", lambda _: texts)
    monkeypatch.setattr(recipe, "rounded", watched)
    monkeypatch.setattr(recipe, "round_weights", keep_gram)
    recipe.quantize(shallow, UNUSED)
    assert len(grams) == len(inputs) == 4 * len(shallow.layers)
    for gram, x in zip(grams, inputs, strict=True):
        of_texts = np.split(x, ends[:-1])
        expected = sum(one.T @ one / len(one) for one in of_texts)
        np.testing.assert_allclose(gram, expected, atol=1e-9)
