"""AWS, as moto's server has it, over real connections; with what moto lacks (query_vectors.py)."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import boto3
import pytest
from moto.dynamodb.models import DynamoDBBackend
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from handler.settings import S3VectorsAddress
from handler.stores.attributes import NOT_FILTERABLE
from tests.handler.stores import query_vectors

BUCKET, TABLE = "vectors-of-tests", "ledgers"


@contextmanager
def serving_aws() -> Iterator[str]:
    """The server's address, which the environment says to call; a vector bucket and a table."""
    with pytest.MonkeyPatch.context() as patch:
        query_vectors.install(patch)
        _write_one_at_a_time(patch)
        server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        address = f"http://{host}:{port}"
        patch.setenv("AWS_ENDPOINT_URL", address)
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        try:
            boto3.client("s3vectors").create_vector_bucket(vectorBucketName=BUCKET)
            create_table(TABLE)
            yield address
        finally:
            server.stop()


def _write_one_at_a_time(patch: pytest.MonkeyPatch) -> None:
    """DynamoDB tests a condition and writes as one; moto's threads can come in between."""
    lock = threading.Lock()

    def locked(write: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(write)
        def alone(*args: Any, **options: Any) -> Any:
            with lock:
                return write(*args, **options)

        return alone

    for name in ("put_item", "delete_item"):
        patch.setattr(DynamoDBBackend, name, locked(getattr(DynamoDBBackend, name)))


def create_table(name: str) -> None:
    """A table for ledgers, with the keys that handler/stores/dynamodb.py says it has."""
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
    """An index of its own, with the settings that handler/stores/s3vectors.py says it has."""
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
