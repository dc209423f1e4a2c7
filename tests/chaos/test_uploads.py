"""Random histories of the API end in the state that the rows and the catalog describe.

`make test` runs a few fixed histories, `make test-chaos` thousands of new ones (HISTORIES=). A
failure names its seed: `make test-chaos SEED=…` runs that history again.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from handler.settings import SqliteAddress
from handler.stores import open_storage
from handler.stores.contract import Storage
from model_layer import Chunker, Encoder
from tests.chaos.history import RememberingEncoder
from tests.chaos.rest import check, check_orphans
from tests.chaos.test_chaos import BLOCKS, FIRST, ids
from tests.chaos.upload_history import UploadHistory


@pytest.fixture(scope="module")
def remembering(encoder: Encoder) -> RememberingEncoder:
    return RememberingEncoder(encoder)


@pytest.fixture(scope="module")
def chunker(encoder: Encoder) -> Chunker:
    """Chunks of a sentence or two, and windows of a few chunks: a document has several windows."""
    return Chunker(encoder.tokenizer, max_tokens=24, overlap=6, window=160)


def run_histories(
    seeds: Iterable[int],
    storage: Storage,
    encoder: RememberingEncoder,
    chunker: Chunker,
    *,
    is_file: bool,
) -> None:
    for seed in seeds:
        history = UploadHistory(seed, storage, encoder, chunker)
        try:
            history.run()
            check(history)
            if is_file and not history.loses_writes:
                check_orphans(history)
        except BaseException as error:
            error.add_note(f"the history's seed is {seed}")
            raise


@pytest.mark.parametrize("seeds", BLOCKS, ids=ids)
def test_stores_end_up_as_the_api_was_asked(
    seeds: range, remembering: RememberingEncoder, chunker: Chunker, tmp_path: Path
) -> None:
    for seed in seeds:  # a file for each: the sweep looks at all there is
        storage = open_storage(SqliteAddress(str(tmp_path / f"{seed}.sqlite")))
        run_histories([seed], storage, remembering, chunker, is_file=True)


@pytest.mark.parametrize(
    "seeds",
    [range(FIRST, FIRST + 2), pytest.param(range(FIRST + 2, FIRST + 15), marks=pytest.mark.slow)],
    ids=ids,
)
def test_stores_on_aws_end_up_as_the_api_was_asked(
    seeds: range, remembering: RememberingEncoder, chunker: Chunker, aws: str
) -> None:
    """The same on S3 Vectors, DynamoDB and S3, as moto's server plays them."""
    from tests.handler.aws.moto_server import new_index

    for seed in seeds:
        run_histories([seed], open_storage(new_index()), remembering, chunker, is_file=False)
