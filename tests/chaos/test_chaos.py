"""Thousands of random histories end in the state that the bucket's last contents imply.

A failure names its seed: `make test-chaos SEED=…` lives through that history again.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from handler.settings import SqliteAddress
from handler.stores.sqlite import open_sqlite
from model_layer import Chunker, Encoder
from tests.chaos.history import History, RememberingEncoder

SEEDS = range(int(os.environ.get("HISTORIES") or 800))
BLOCKS = 8  # for the workers of pytest-xdist


@pytest.fixture(scope="module")
def remembering(encoder: Encoder) -> RememberingEncoder:
    return RememberingEncoder(encoder)


@pytest.fixture(scope="module")
def chunker(encoder: Encoder) -> Chunker:
    """Chunks of a sentence or two, and windows of a few of them: documents have several."""
    return Chunker(encoder.tokenizer, max_tokens=24, overlap=6, window=160)


@pytest.mark.parametrize("block", range(BLOCKS))
def test_the_store_ends_as_the_bucket_does(
    block: int, remembering: RememberingEncoder, chunker: Chunker, tmp_path: Path
) -> None:
    store = open_sqlite(SqliteAddress(str(tmp_path / "store.sqlite")))
    seeds = [int(os.environ["SEED"])] if os.environ.get("SEED") else SEEDS[block::BLOCKS]
    for seed in seeds:
        history = History(seed, store, remembering, chunker)
        try:
            history.run()
            history.check()
        except BaseException as error:
            error.add_note(f"the history's seed is {seed}")
            raise
    print(f"seeds {seeds[0]} to {seeds[-1]}: {len(seeds)} histories")
