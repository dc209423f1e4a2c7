"""The int8 model file keeps the bound that makes it right on x86 CPUs without VNNI."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray

from model_layer import Encoder
from model_layer.artifacts import MODEL
from model_layer.build.forward import products
from model_layer.build.parameters import LAYERS, Dense, Parameters
from model_layer.build.rounding import round_weights
from model_layer.places import DEFAULT_BUNDLE
from tests.model_layer.build.saturation import extremes, largest_pair, saturates

NAMES = ("query", "key", "value", "attention_output", "intermediate", "output")
TEXTS = ["What is the capital of Mongolia?", "def f(x): return x ** 2", "猫が好き"]


@pytest.fixture(scope="module")
def weights() -> dict[str, NDArray[Any]]:
    """All constants of the model file, by name."""
    model = onnx.load(DEFAULT_BUNDLE / MODEL)
    return {one.name: onnx.numpy_helper.to_array(one) for one in model.graph.initializer}


@pytest.fixture(scope="module")
def integers(weights: dict[str, NDArray[Any]]) -> dict[str, NDArray[np.int8]]:
    return {name: values for name, values in weights.items() if values.dtype == np.int8}


def test_all_dense_weights_are_in_8_bits(integers: dict[str, NDArray[np.int8]]) -> None:
    assert {*integers} == {f"layer.{n}.{name}.weight" for n in range(LAYERS) for name in NAMES}
    assert sum(values.size for values in integers.values()) == LAYERS * 12 * 384**2


def test_the_bound_holds_in_the_model_file(integers: dict[str, NDArray[np.int8]]) -> None:
    for name, values in integers.items():
        assert np.abs(values.astype(int)).max() <= 127, name
        assert largest_pair(values) <= 128, name
        assert not saturates(values, extremes(len(values))), name


def test_every_column_comes_near_the_bound(integers: dict[str, NDArray[np.int8]]) -> None:
    """So the weights really use eight bits, not seven."""
    for name, values in integers.items():
        even, odd = np.abs(values[0::2].astype(int)), np.abs(values[1::2].astype(int))
        assert (np.maximum(even + odd, 2 * np.maximum(even, odd)).max(axis=0) >= 120).all(), name


def test_without_the_bound_a_layer_saturates(
    parameters: Parameters[Dense], encoder: Encoder
) -> None:
    ids = [encoder.tokenizer.tokenize(text).ids for text in TEXTS]
    x = next(products(parameters, ids)).x
    weight = parameters.layers[0].qkv.weight
    full, _ = round_weights(weight, x.T @ x, pairs_bounded=False)
    assert largest_pair(full) > 128
    assert saturates(full, extremes(len(full)))
    bounded, _ = round_weights(weight, x.T @ x)
    assert not saturates(bounded, extremes(len(bounded)))


def test_scales_are_positive_and_the_embedding_table_keeps_its_values(
    weights: dict[str, NDArray[Any]], parameters: Parameters[Dense]
) -> None:
    for number in range(LAYERS):
        for name in NAMES:
            scale = weights[f"layer.{number}.{name}.scale"]
            assert scale.shape == weights[f"layer.{number}.{name}.bias"].shape
            assert (scale > 0).all()
    assert weights["words"].dtype == np.float16
    np.testing.assert_allclose(weights["words"], parameters.words, rtol=1e-3, atol=1e-6)
