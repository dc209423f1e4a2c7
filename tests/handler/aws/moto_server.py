"""AWS, as moto's server plays it over real connections. moto_s3vectors.py adds what moto lacks."""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from typing import Any

import boto3
import pytest
from moto.dynamodb.models import DynamoDBBackend
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from handler.settings import S3VectorsAddress
from handler.stores.attributes import NOT_FILTERABLE
from tests.handler.aws import moto_s3vectors

BUCKET = "vectors-of-tests"


@contextmanager
def serving_aws() -> Iterator[str]:
    """Start the server with a vector bucket and a table, and point the environment at it."""
    with pytest.MonkeyPatch.context() as patch:
        moto_s3vectors.install(patch)
        write_one_at_a_time(patch)
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
            yield address
        finally:
            server.stop()


def write_one_at_a_time(patch: pytest.MonkeyPatch) -> None:
    """Make moto's conditional writes and transactions atomic, as DynamoDB's are."""
    lock = threading.RLock()  # a transaction calls the others

    def locked(access: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(access)
        def alone(*args: Any, **options: Any) -> Any:
            with lock:
                return access(*args, **options)

        return alone

    writes = ("put_item", "update_item", "delete_item", "transact_write_items")
    for name in (*writes, "get_item", "query"):
        patch.setattr(DynamoDBBackend, name, locked(getattr(DynamoDBBackend, name)))


def _client(service: str) -> Any:
    return _known_client(service, os.environ["AWS_ENDPOINT_URL"], os.environ["AWS_DEFAULT_REGION"])


@cache
def _known_client(service: str, address: str, region: str) -> Any:
    """Made once: a client takes longer to make than what it then asks for."""
    return boto3.client(service, endpoint_url=address, region_name=region)  # type: ignore[call-overload]


def create_table(name: str) -> None:
    """Create a table with the keys and indexes that handler/stores/aws/ expects."""
    _client("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": "store", "AttributeType": "S"},
            {"AttributeName": "document", "AttributeType": "S"},
            {"AttributeName": "created", "AttributeType": "S"},
        ],
        KeySchema=_keys("store", "document"),
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-creation",
                "KeySchema": _keys("store", "created"),
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["status"]},
            },
            {
                "IndexName": "by-document",
                "KeySchema": _keys("document", "store"),
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            },
        ],
    )


def _keys(partition: str, sort: str) -> Any:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]


def new_index() -> S3VectorsAddress:
    """All that a store needs, new and empty: an index, a table, a bucket for files, a queue."""
    name = f"index-{uuid.uuid4().hex[:12]}"
    _client("s3vectors").create_index(
        vectorBucketName=BUCKET,
        indexName=name,
        dataType="float32",
        dimension=384,
        distanceMetric="cosine",
        metadataConfiguration={
            "nonFilterableMetadataKeys": list(NOT_FILTERABLE),
            "textSearchConfigurations": [
                {"metadataKey": "text", "language": "en"},
                {"metadataKey": "heading", "language": "en"},
                {"metadataKey": "terms"},
            ],
        },
    )
    create_table(name)
    create_bucket(name)
    queue = _client("sqs").create_queue(QueueName=name)["QueueUrl"]
    return S3VectorsAddress(BUCKET, name, name, files_bucket=name, queue_url=queue)


def create_bucket(name: str) -> None:
    """Create a bucket in the region of the environment."""
    s3 = _client("s3")
    location = {"LocationConstraint": s3.meta.region_name}
    s3.create_bucket(Bucket=name, CreateBucketConfiguration=location)


def new_bucket(prefix: str) -> str:
    """The name of a new bucket that begins with `prefix`."""
    name = f"{prefix}-{uuid.uuid4().hex[:12]}"
    create_bucket(name)
    return name
