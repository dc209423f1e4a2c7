"""Storage events to `handler.ingest.lambda_handler`, from a bucket of a server that does as AWS."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote_plus

import boto3

from benchmarks.requests import Context
from handler.stores.attributes import NOT_FILTERABLE

BATCH = 5  # messages to an event; template.yaml's BatchSize
BUCKET, VECTORS, INDEX, TABLE = "documents", "vectors", "documents", "ledger"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_DEFAULT_REGION": "us-east-1",
    "VECTOR_STORE": f"s3vectors://{VECTORS}/{INDEX}",
    "LEDGER_TABLE": TABLE,
}


def put_objects(paths: list[Path]) -> None:
    """Make bucket, index and table, and put the files into the bucket."""
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    for path in paths:
        boto3.client("s3").put_object(Bucket=BUCKET, Key=_key(path), Body=path.read_bytes())
    boto3.client("s3vectors").create_vector_bucket(vectorBucketName=VECTORS)
    boto3.client("s3vectors").create_index(
        vectorBucketName=VECTORS,
        indexName=INDEX,
        dataType="float32",
        dimension=384,
        distanceMetric="cosine",
        metadataConfiguration={"nonFilterableMetadataKeys": list(NOT_FILTERABLE)},
    )
    boto3.client("dynamodb").create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in ("store", "document")
        ],
        KeySchema=[
            {"AttributeName": "store", "KeyType": "HASH"},
            {"AttributeName": "document", "KeyType": "RANGE"},
        ],
    )


@contextmanager
def to_aws() -> Iterator[Callable[[list[Path]], None]]:
    """Files whose objects are in the bucket: `lambda_handler`, with an event of SQS."""
    from handler.ingest import lambda_handler

    context = Context()

    def ingest(paths: list[Path]) -> None:
        answer = lambda_handler(event(paths), context)
        assert answer == {"batchItemFailures": []}, answer

    yield ingest


def event(paths: list[Path]) -> dict[str, object]:
    """What Lambda hands over when these files have been put: a notification in each message."""
    records = []
    for number, path in enumerate(paths):
        about = {"bucket": {"name": BUCKET}, "object": {"key": quote_plus(_key(path), safe="/")}}
        notification = {"Records": [{"eventSource": "aws:s3", "s3": about}]}
        records.append(
            {
                "messageId": f"message-{number}",
                "eventSource": "aws:sqs",
                "body": json.dumps(notification),
            }
        )
    return {"Records": records}


def _key(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"
