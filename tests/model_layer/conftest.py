"""Fixtures of the model layer's tests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from model_layer import Encoder, load_encoder
from tests.model_layer.precisions import EACH_PRECISION


@pytest.fixture(scope="session", params=EACH_PRECISION)
def precision(request: pytest.FixtureRequest) -> str:
    """The default precision, and every other one in `make test-slow`."""
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def bundle_folder(precision: str, request: pytest.FixtureRequest) -> Path:
    """The bundle of this precision."""
    bundles: Mapping[str, Path] = request.getfixturevalue("bundles")
    return bundles[precision]


@pytest.fixture(scope="session")
def each_encoder(bundle_folder: Path) -> Encoder:
    """An encoder of each precision."""
    return load_encoder(bundle_folder)
