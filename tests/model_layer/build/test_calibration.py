"""The build calibrates on many texts, none of which is used to measure anything."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from model_layer.artifacts import DEFAULT_BUNDLE, TOKENIZER
from model_layer.build.calibration import TEXTS, Key, calibration_ids, grams
from model_layer.build.forward import forward, row_divisor
from model_layer.build.parameters import MAX_TOKENS, Dense, Floats, Parameters
from tests.golden.reference import Golden

LINES = TEXTS.read_text(encoding="utf-8").splitlines()


def test_the_texts_are_distinct_and_not_empty() -> None:
    assert len(LINES) == len(set(LINES)) > 150
    assert all(line.strip() for line in LINES)


def test_no_text_is_a_reference_text(golden: Golden) -> None:
    assert not {line.strip() for line in LINES} & {text.strip() for text in golden.texts}


def test_each_text_occurs_alone_and_in_a_long_text() -> None:
    ids = calibration_ids(DEFAULT_BUNDLE / TOKENIZER)
    lengths = [len(one) for one in ids]
    assert len(ids) == len(LINES) + -(-len(LINES) // 7)
    assert 200 < max(lengths) <= MAX_TOKENS
    assert min(lengths[len(LINES) : -1]) > 60


def test_every_text_has_the_same_weight_in_a_gram_matrix(parameters: Parameters[Dense]) -> None:
    shallow = replace(parameters, layers=parameters.layers[:1])
    texts = [np.array([101, *[7592] * words, 102], np.int32) for words in (1, 5)]
    expected: dict[Key, Floats] = {}

    def observe(layer: int, name: str, x: Floats) -> None:
        x = x / row_divisor(x) if name == "output" else x
        mean = np.mean(x[:, :, np.newaxis] * x[:, np.newaxis], axis=0)
        expected[layer, name] = expected.get((layer, name), 0) + mean

    for ids in texts:
        forward(shallow, [ids], observe)
    found = grams(shallow, texts, ["output"])
    assert found.keys() == expected.keys()
    for key, gram in found.items():
        np.testing.assert_allclose(gram, expected[key], atol=1e-9)
