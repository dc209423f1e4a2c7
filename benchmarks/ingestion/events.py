"""AWS on this machine, and storage events to `handler.ingest.lambda_handler` from its bucket."""

from __future__ import annotations

import json
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from benchmarks.measuring.lambda_context import Context
from benchmarks.measuring.processes import Died, free_port, process

BATCH = 5  # messages in an event; template.yaml's BatchSize
BUCKET, VECTORS, INDEX, TABLE = "documents", "vectors", "documents", "ledger"
START_SECONDS = 60.0  # allowed to moto


@contextmanager
def aws() -> Iterator[dict[str, str]]:
    """moto's server, and the environment that points at it."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with process("moto", command, environment={}) as server:
        started = time.perf_counter()
        while True:
            with socket.socket() as connection:
                if connection.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if server.poll() is not None or time.perf_counter() - started > START_SECONDS:
                raise Died("moto")
            time.sleep(0.1)
        yield {
            "AWS_ACCESS_KEY_ID": "none",
            "AWS_SECRET_ACCESS_KEY": "none",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "VECTOR_STORE": f"s3vectors://{VECTORS}/{INDEX}",
            "LEDGER_TABLE": TABLE,
        }


def put_objects(paths: list[Path]) -> None:
    """Make bucket, index and table, and put the files into the bucket."""
    import boto3

    from handler.stores.attributes import NOT_FILTERABLE

    s3, s3vectors = boto3.client("s3"), boto3.client("s3vectors")
    s3.create_bucket(Bucket=BUCKET)
    for path in paths:
        s3.put_object(Bucket=BUCKET, Key=_key(path), Body=path.read_bytes())
    s3vectors.create_vector_bucket(vectorBucketName=VECTORS)
    s3vectors.create_index(
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
            {"AttributeName": "store", "AttributeType": "S"},
            {"AttributeName": "document", "AttributeType": "S"},
        ],
        KeySchema=[
            {"AttributeName": "store", "KeyType": "HASH"},
            {"AttributeName": "document", "KeyType": "RANGE"},
        ],
    )


@contextmanager
def to_aws() -> Iterator[Callable[[list[Path]], None]]:
    """Ingests files whose objects are in the bucket: `lambda_handler` with an event of SQS."""
    from handler.ingest import lambda_handler

    context = Context()

    def ingest(paths: list[Path]) -> None:
        answer = lambda_handler(event(paths), context)
        assert answer == {"batchItemFailures": []}, answer

    yield ingest


def event(paths: list[Path]) -> dict[str, Any]:
    """Lambda's event after these files have been put: a notification in each message."""
    records = []
    for number, path in enumerate(paths):
        about = {"bucket": {"name": BUCKET}, "object": {"key": quote_plus(_key(path), safe="/")}}
        notification = {"Records": [{"eventSource": "aws:s3", "s3": about}]}
        message = {"messageId": f"message-{number}", "eventSource": "aws:sqs"}
        records.append({**message, "body": json.dumps(notification)})
    return {"Records": records}


def _key(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"
