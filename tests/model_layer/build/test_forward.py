"""The model in numpy, which the build looks at, is the model that runs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from model_layer import load_encoder
from model_layer.build.forward import forward, gelu
from model_layer.build.parameters import Dense, Floats, Parameters
from tests.conftest import Golden


def test_it_gives_the_vectors_of_fp32(
    parameters: Parameters[Dense], bundles: Mapping[str, Path], golden: Golden
) -> None:
    encoder = load_encoder(bundles["fp32"])
    texts = golden.texts[::8]
    ids = [encoder.tokenizer.tokenize(text).ids for text in texts]
    means = forward(parameters, ids, lambda *_: None)
    vectors = means / np.linalg.norm(means, axis=1, keepdims=True)
    cosines = np.sum(vectors * encoder.encode(texts).vectors, axis=1)
    assert cosines.min() > 0.999999


def test_it_shows_the_input_of_every_dense_layer(parameters: Parameters[Dense]) -> None:
    seen: list[tuple[int, str]] = []

    def see(layer: int, name: str, x: Floats) -> None:
        seen.append((layer, name))
        weight = getattr(parameters.layers[layer], name).weight
        assert x.shape == (3 + 4, len(weight))  # both texts' tokens

    ids = [np.array([101, *words, 102], np.int32) for words in ([7592], [7592, 2088])]
    forward(parameters, ids, see)
    names = ("qkv", "attention_output", "intermediate", "output")
    assert seen == [(layer, name) for layer in range(6) for name in names]


def test_gelu_is_the_exact_one_to_3e_7() -> None:
    x = np.linspace(-12, 12, 100_001)
    exact = x * np.array([0.5 * math.erfc(-value / math.sqrt(2)) for value in x])
    assert np.abs(gelu(x) - exact).max() < 3e-7
