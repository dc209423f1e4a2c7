"""The two backends: SQLite in a file, and AWS as moto's server has it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from handler.settings import S3VectorsAddress, SqliteAddress, StoreAddress
from handler.stores.contract import NOT_FILTERABLE, Store
from handler.stores.s3vectors import open_s3vectors
from handler.stores.sqlite import open_sqlite
from tests.stores import query_vectors

BUCKET, TABLE = "vectors-of-tests", "ledgers"


@pytest.fixture(scope="session")
def aws() -> Iterator[str]:
    """The address of a server that answers as AWS does; the environment says to call it."""
    with pytest.MonkeyPatch.context() as patch:
        query_vectors.install(patch)
        server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        address = f"http://{host}:{port}"
        patch.setenv("AWS_ENDPOINT_URL", address)
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        boto3.client("s3vectors").create_vector_bucket(vectorBucketName=BUCKET)
        create_table(TABLE)
        yield address
        server.stop()


def create_table(name: str) -> None:
    """The ledger's table, with the keys that template.yaml gives it."""
    boto3.client("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": "store", "AttributeType": "S"},
            {"AttributeName": "document", "AttributeType": "S"},
        ],
        KeySchema=[
            {"AttributeName": "store", "KeyType": "HASH"},
            {"AttributeName": "document", "KeyType": "RANGE"},
        ],
    )


def new_index() -> S3VectorsAddress:
    """An index of its own, with the settings that template.yaml gives it."""
    name = f"index-{uuid.uuid4().hex[:12]}"
    boto3.client("s3vectors").create_index(
        vectorBucketName=BUCKET,
        indexName=name,
        dataType="float32",
        dimension=384,
        distanceMetric="cosine",
        metadataConfiguration={"nonFilterableMetadataKeys": list(NOT_FILTERABLE)},
    )
    return S3VectorsAddress(BUCKET, name, TABLE)


NewAddress = Callable[[], StoreAddress]


@pytest.fixture(params=["sqlite", "aws"])
def new_address(request: pytest.FixtureRequest, tmp_path: Path) -> NewAddress:
    """Makes addresses of stores that have nothing yet, of each backend in turn."""
    if request.param == "sqlite":
        return lambda: SqliteAddress(str(tmp_path / f"{uuid.uuid4().hex}.sqlite"))
    request.getfixturevalue("aws")
    return new_index


def open_at(address: StoreAddress) -> Store:
    """The store at `address`, not bound to a model."""
    return open_sqlite(address) if isinstance(address, SqliteAddress) else open_s3vectors(address)


@pytest.fixture
def address(new_address: NewAddress) -> StoreAddress:
    return new_address()


@pytest.fixture
def store(address: StoreAddress) -> Store:
    return open_at(address)
