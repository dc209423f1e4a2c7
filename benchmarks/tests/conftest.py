"""The encoder, and our server as the peers benchmark starts it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.peers.servers import ours, started
from model_layer import Encoder, load_encoder
from model_layer.places import DEFAULT_BUNDLE


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return load_encoder()


@pytest.fixture(scope="session")
def port() -> Iterator[int]:
    """The port of our server."""
    with started(ours("int8", DEFAULT_BUNDLE, 1)) as (_, port, _):
        yield port
