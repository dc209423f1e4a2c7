"""A pipeline from a bucket in memory to a store in a file, and what does the API's tasks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from handler.ingestion.document_encoder import DocumentEncoder
from handler.ingestion.pipeline import Pipeline
from handler.ingestion.tasks import TaskRunner
from handler.settings import SqliteAddress
from handler.stores import open_source_store, open_storage
from handler.stores.contract import Storage, Store
from model_layer import Chunker, Encoder
from tests.chaos.history import RememberingEncoder
from tests.fake_clock import FakeClock
from tests.handler.ingestion.bucket import Bucket, extract
from tests.handler.ingestion.task_runs import Reader
from tests.handler.ingestion.uploads import Api


@pytest.fixture(scope="package")
def remembering(encoder: Encoder) -> Any:
    """An encoder for documents of which only the chunks matter. It keeps to no deadline."""
    return RememberingEncoder(encoder)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_source_store(SqliteAddress(str(tmp_path / "documents.sqlite")))


@pytest.fixture
def bucket() -> Bucket:
    return Bucket()


@pytest.fixture(scope="module")
def chunker(encoder: Encoder) -> Chunker:
    """Windows of about 600 characters, so that a document of a few pages has several."""
    return Chunker(encoder.tokenizer, max_tokens=64, overlap=8, window=600)


@pytest.fixture
def pipeline(
    store: Store, bucket: Bucket, clock: FakeClock, encoder: Encoder, chunker: Chunker
) -> Pipeline:
    return Pipeline(bucket, store, DocumentEncoder(encoder, chunker, extract), clock=clock)


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return open_storage(SqliteAddress(str(tmp_path / "documents.sqlite")))


@pytest.fixture
def api(storage: Storage, clock: FakeClock, encoder: Encoder) -> Api:
    return Api(storage, clock, encoder.bundle.fingerprint)


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def runner(
    storage: Storage, clock: FakeClock, encoder: Encoder, chunker: Chunker, reader: Reader
) -> TaskRunner:
    documents = DocumentEncoder(encoder, chunker, reader)
    return TaskRunner(storage, documents, clock=clock, min_write_bytes=1)
