"""Random histories end in the state that the bucket's last contents imply.

`make test` runs a few fixed histories, `make test-chaos` thousands of new ones (HISTORIES=). A
failure names its seed: `make test-chaos SEED=…` runs that history again.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from handler.settings import SqliteAddress
from handler.stores import open_source_store
from handler.stores.contract import Store
from model_layer import Chunker, Encoder
from tests.chaos.history import History, RememberingEncoder

Chunkers = tuple[Chunker, Chunker]

FIRST = int(os.environ.get("SEED") or 0)
COUNT = int(os.environ.get("HISTORIES") or 40)
BLOCK = min(100, max(1, COUNT // 4))  # histories in a test
BLOCKS = [
    range(first, min(first + BLOCK, FIRST + COUNT)) for first in range(FIRST, FIRST + COUNT, BLOCK)
]


@pytest.fixture(scope="module")
def remembering(encoder: Encoder) -> RememberingEncoder:
    return RememberingEncoder(encoder)


@pytest.fixture(scope="module")
def chunkers(encoder: Encoder) -> Chunkers:
    """Chunks of a sentence or two, and windows of a few chunks: a document has several windows."""
    return (
        Chunker(encoder.tokenizer, max_tokens=24, overlap=6, window=160),
        Chunker(encoder.tokenizer, max_tokens=16, window=160),
    )


def run_histories(
    seeds: Iterable[int], store: Store, encoder: RememberingEncoder, chunkers: Chunkers
) -> None:
    for seed in seeds:
        history = History(seed, store, encoder, chunkers)
        try:
            history.run()
        except BaseException as error:
            error.add_note(f"the history's seed is {seed}")
            raise


def ids(seeds: range) -> str:
    return f"seeds {seeds[0]} to {seeds[-1]}"


@pytest.mark.parametrize("seeds", BLOCKS, ids=ids)
def test_the_store_ends_up_matching_the_bucket(
    seeds: range, remembering: RememberingEncoder, chunkers: Chunkers, tmp_path: Path
) -> None:
    store = open_source_store(SqliteAddress(str(tmp_path / "store.sqlite")))
    run_histories(seeds, store, remembering, chunkers)


@pytest.mark.parametrize(
    "seeds",
    [range(FIRST, FIRST + 2), pytest.param(range(FIRST + 2, FIRST + 15), marks=pytest.mark.slow)],
    ids=ids,
)
def test_a_store_on_aws_ends_up_matching_the_bucket(
    seeds: range, remembering: RememberingEncoder, chunkers: Chunkers, aws: str
) -> None:
    """The same on S3 Vectors and DynamoDB, as moto's server plays them."""
    from tests.handler.aws.moto_server import new_index

    run_histories(seeds, open_source_store(new_index()), remembering, chunkers)
