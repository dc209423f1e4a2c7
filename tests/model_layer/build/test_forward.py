"""The model in numpy, which the build observes, is the model that runs."""

from __future__ import annotations

import contextlib
import math
from dataclasses import replace

import numpy as np

from model_layer import Encoder
from model_layer.build.forward import Product, forward, gelu, products
from model_layer.build.parameters import Dense, Floats, Parameters
from tests.golden.reference import Golden


def test_its_vectors_are_those_of_sentence_transformers(
    parameters: Parameters[Dense], encoder: Encoder, golden: Golden
) -> None:
    ids = [encoder.tokenizer.tokenize(text).ids for text in golden.texts[::60]]
    means = forward(parameters, ids, lambda *_: None)
    vectors = means / np.linalg.norm(means, axis=1, keepdims=True)
    cosines = np.sum(vectors * golden.vectors[::60], axis=1)
    assert cosines.min() > 0.999999


def test_the_input_of_every_dense_layer_is_observed(parameters: Parameters[Dense]) -> None:
    observed: list[tuple[int, str]] = []

    def observe(layer: int, name: str, x: Floats) -> None:
        observed.append((layer, name))
        weight = getattr(parameters.layers[layer], name).weight
        assert x.shape == (3 + 4, len(weight))  # both texts' tokens

    ids = [np.array([101, *words, 102], np.int32) for words in ([7592], [7592, 2088])]
    forward(parameters, ids, observe)
    names = ("qkv", "attention_output", "intermediate", "output")
    assert observed == [(layer, name) for layer in range(6) for name in names]


def test_a_layer_whose_output_meets_the_residual_is_given_it(
    parameters: Parameters[Dense],
) -> None:
    """It is the input of the layer that opened the branch, as long as nothing is smoothed."""
    layers = parameters.layers[:2]
    model = products(replace(parameters, layers=layers), [np.array([101, 7592, 102], np.int32)])
    seen: dict[tuple[int, str], Product] = {}
    product = next(model)
    with contextlib.suppress(StopIteration):
        while True:
            seen[product.layer, product.name] = product
            dense: Dense = getattr(layers[product.layer], product.name)
            product = model.send(product.x @ dense.weight + dense.bias)
    for layer in range(len(layers)):
        for branch, end in (("qkv", "attention_output"), ("intermediate", "output")):
            assert seen[layer, branch].residual is None
            residual = seen[layer, end].residual
            assert residual is not None
            np.testing.assert_array_equal(residual, seen[layer, branch].x)


def test_gelu_is_exact_to_within_3e_7() -> None:
    x = np.linspace(-12, 12, 100_001)
    exact = x * np.array([0.5 * math.erfc(-value / math.sqrt(2)) for value in x])
    assert np.abs(gelu(x) - exact).max() < 3e-7
