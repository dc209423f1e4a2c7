"""Smoothed parameters are the same function, but easier to quantize."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from model_layer import Encoder
from model_layer.build.calibration import ranges
from model_layer.build.forward import forward
from model_layer.build.parameters import LAYERS, Dense, Floats, Parameters
from model_layer.build.smooth import ALPHA, smooth
from tests.golden.reference import Golden


@pytest.fixture(scope="module")
def ids(encoder: Encoder, golden: Golden) -> list[NDArray[np.int32]]:
    return [encoder.tokenizer.tokenize(text).ids for text in golden.texts[::40]]


@pytest.fixture(scope="module", params=[2, pytest.param(LAYERS, marks=pytest.mark.slow)])
def original(request: pytest.FixtureRequest, parameters: Parameters[Dense]) -> Parameters[Dense]:
    """The model with its first layers. Two are enough to have every kind of connection."""
    return replace(parameters, layers=parameters.layers[: request.param])


@pytest.fixture(scope="module")
def smoothed(original: Parameters[Dense], ids: list[NDArray[np.int32]]) -> Parameters[Dense]:
    return smooth(original, ranges(original, ids[::2]))


def test_the_function_stays_the_same(
    original: Parameters[Dense], smoothed: Parameters[Dense], ids: list[NDArray[np.int32]]
) -> None:
    expected = forward(original, ids, lambda *_: None)
    np.testing.assert_allclose(forward(smoothed, ids, lambda *_: None), expected, atol=1e-9)


def test_outliers_move_into_the_weights(
    original: Parameters[Dense], smoothed: Parameters[Dense], ids: list[NDArray[np.int32]]
) -> None:
    """The loudest channel comes closer to the others, behind every normalisation."""
    before, after = ranges(original, ids), ranges(smoothed, ids)

    def excess(channels: Floats) -> float:
        loudest = np.abs(channels).max(axis=0)
        return float(loudest.max() / np.median(loudest))

    for key in before:
        if key[1] in ALPHA:
            assert excess(after[key]) < excess(before[key]) / 2, key
