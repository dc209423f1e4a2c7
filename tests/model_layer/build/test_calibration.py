"""What the build calibrates on: many texts, and none that anything is measured on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from model_layer.artifacts import DEFAULT_BUNDLE, TOKENIZER
from model_layer.build.calibration import (
    TEXTS,
    Key,
    calibration_ids,
    grams,
)
from model_layer.build.forward import GELU_MINIMUM, forward, gelu, row_divisor
from model_layer.build.parameters import MAX_TOKENS, Dense, Floats, Parameters
from tests.conftest import Golden

LINES = TEXTS.read_text(encoding="utf-8").splitlines()


def test_all_are_distinct_and_none_is_empty() -> None:
    assert len(LINES) == len(set(LINES)) > 150
    assert all(line.strip() for line in LINES)


def test_none_is_a_reference_text(golden: Golden) -> None:
    assert not {line.strip() for line in LINES} & {text.strip() for text in golden.texts}


def test_each_comes_alone_and_in_a_long_text() -> None:
    ids = calibration_ids(DEFAULT_BUNDLE / TOKENIZER)
    lengths = [len(one) for one in ids]
    assert len(ids) == len(LINES) + -(-len(LINES) // 7)
    assert 200 < max(lengths) <= MAX_TOKENS
    assert min(lengths[len(LINES) : -1]) > 60


def test_every_text_counts_the_same_in_a_gram_matrix(parameters: Parameters[Dense]) -> None:
    shallow = replace(parameters, layers=parameters.layers[:1])
    texts = [np.array([101, *[7592] * words, 102], np.int32) for words in (1, 20)]
    expected: dict[Key, Floats] = {}

    def see(layer: int, name: str, x: Floats) -> None:
        x = x / row_divisor(x) if name == "output" else x
        mean = np.mean(x[:, :, np.newaxis] * x[:, np.newaxis], axis=0)
        expected[layer, name] = expected.get((layer, name), 0) + mean

    for ids in texts:
        forward(shallow, [ids], see)
    found = grams(shallow, texts, ["output"])
    assert found.keys() == expected.keys()
    for key, gram in found.items():
        np.testing.assert_allclose(gram, expected[key], atol=1e-9)


@given(arrays(np.float64, (3, 8), elements=st.floats(-100, 100)))
def test_a_divided_row_is_within_one(x: Floats) -> None:
    activated = gelu(x)
    assert activated.min() > -GELU_MINIMUM
    assert row_divisor(activated).min() > 0
    activated[:, 3] = np.abs(activated[:, 3])  # a row of nothing but negative ones does not occur
    assert (np.abs(activated / row_divisor(activated)) <= 1).all()
