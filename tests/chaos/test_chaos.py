"""Thousands of random histories end in the state that the bucket's last contents imply.

`make test-chaos` lives through new ones, HISTORIES of them; their seeds are the tests' names. A
failure names its own: `make test-chaos SEED=…` lives through that one again.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from handler.settings import SqliteAddress
from handler.stores.contract import Store
from handler.stores.s3vectors import open_s3vectors
from handler.stores.sqlite import open_sqlite
from model_layer import Chunker, Encoder
from tests.chaos.history import History, RememberingEncoder

Chunkers = tuple[Chunker, Chunker]

FIRST = int(os.environ.get("SEED") or 0)
COUNT = int(os.environ.get("HISTORIES") or 400)
BLOCK = 100
BLOCKS = [
    range(first, min(first + BLOCK, FIRST + COUNT)) for first in range(FIRST, FIRST + COUNT, BLOCK)
]


@pytest.fixture(scope="module")
def remembering(encoder: Encoder) -> RememberingEncoder:
    return RememberingEncoder(encoder)


@pytest.fixture(scope="module")
def chunkers(encoder: Encoder) -> Chunkers:
    """Chunks of a sentence or two, and windows of a few of them: documents have several."""
    return (
        Chunker(encoder.tokenizer, max_tokens=24, overlap=6, window=160),
        Chunker(encoder.tokenizer, max_tokens=16, window=160),
    )


def live_through(
    seeds: Iterable[int], store: Store, encoder: RememberingEncoder, chunkers: Chunkers
) -> None:
    for seed in seeds:
        history = History(seed, store, encoder, chunkers)
        try:
            history.run()
        except BaseException as error:
            error.add_note(f"the history's seed is {seed}")
            raise


@pytest.mark.parametrize("seeds", BLOCKS, ids=lambda seeds: f"seeds {seeds[0]} to {seeds[-1]}")
def test_the_store_ends_as_the_bucket_does(
    seeds: range, remembering: RememberingEncoder, chunkers: Chunkers, tmp_path: Path
) -> None:
    store = open_sqlite(SqliteAddress(str(tmp_path / "store.sqlite")))
    live_through(seeds, store, remembering, chunkers)


def test_a_store_on_aws_ends_as_the_bucket_does(
    remembering: RememberingEncoder, chunkers: Chunkers, aws: str
) -> None:
    """The same on S3 Vectors and DynamoDB, as moto's server has them; it is slower."""
    from tests.handler.stores.aws import new_index

    live_through(range(FIRST, FIRST + 15), open_s3vectors(new_index()), remembering, chunkers)
