"""Both functions in `sam local`, with AWS as moto plays it: what a deployment does."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from samtranslator.yaml_helper import yaml_parse

from handler.settings import S3VectorsAddress
from tests.handler.aws import moto_s3vectors
from tests.handler.aws.moto_server import BUCKET, new_index, write_one_at_a_time
from tests.paths import ROOT
from tests.sam.commands import build
from tests.sam.emulators import sam_local
from tests.sam.moto_server import start_aws

REGION = "eu-central-1"
BATCH = 5  # messages that the ingest function gets
FUNCTIONS = ("ApiFunction", "IngestFunction")


@contextlib.contextmanager
def start_deployment(folder: Path) -> Iterator[str]:
    """The base URL for OpenAI's clients. The queue's messages go to the ingest function."""
    build()
    with pytest.MonkeyPatch.context() as patch:
        moto_s3vectors.install(patch)
        write_one_at_a_time(patch)
        with start_aws(patch) as aws:
            patch.setenv("AWS_DEFAULT_REGION", REGION)
            boto3.client("s3vectors").create_vector_bucket(vectorBucketName=BUCKET)
            address = new_index()
            template = folder / "template.json"
            template.write_text(json.dumps(_template(address, aws.container_url)))
            option = ("--template", str(template))
            with (
                sam_local("start-api", *option) as api,
                sam_local("start-lambda", *option) as functions,
                _ingesting(address, f"http://127.0.0.1:{functions}"),
            ):
                yield f"http://127.0.0.1:{api}/v1"


def _template(address: S3VectorsAddress, endpoint: str) -> dict[str, Any]:
    """The built template, with the addresses of moto's resources."""
    template: dict[str, Any] = yaml_parse(
        (ROOT / ".aws-sam" / "build" / "template.yaml").read_text()
    )
    for name in FUNCTIONS:
        template["Resources"][name]["Properties"]["Environment"]["Variables"] |= {
            "AWS_ENDPOINT_URL": endpoint,
            "FILES_BUCKET": address.files_bucket,
            "LEDGER_TABLE": address.ledger_table,
            "QUEUE_URL": address.queue_url,
            "VECTOR_STORE": f"s3vectors://{address.bucket}/{address.index}",
        }
    # An HTTP API sends forms as base64, whatever is in them. `sam local` must be told.
    template["Resources"]["HttpApi"]["Properties"]["DefinitionBody"] = {
        "openapi": "3.0.1",
        "paths": {},
        "x-amazon-apigateway-binary-media-types": ["multipart/form-data"],
    }
    return template


@contextlib.contextmanager
def _ingesting(address: S3VectorsAddress, endpoint: str) -> Iterator[None]:
    """Hand the queue's messages to the ingest function, as an event source mapping does."""
    ended = threading.Event()
    worker = threading.Thread(target=_ingest, args=(address.queue_url, endpoint, ended))
    worker.start()
    try:
        yield
    finally:
        ended.set()
        worker.join()


def _ingest(queue: str, endpoint: str, ended: threading.Event) -> None:
    sqs = boto3.client("sqs")
    config = Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1}, read_timeout=120)
    functions = boto3.client("lambda", endpoint_url=endpoint, config=config)
    while not ended.wait(0.1):
        received = sqs.receive_message(
            QueueUrl=queue, MaxNumberOfMessages=BATCH, VisibilityTimeout=60
        ).get("Messages", [])
        if not received:
            continue
        records = [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "eventSource": "aws:sqs",
            }
            for message in received
        ]
        answer = functions.invoke(
            FunctionName="IngestFunction", Payload=json.dumps({"Records": records})
        )
        failed = json.loads(answer["Payload"].read()).get("batchItemFailures", received)
        names = {one.get("itemIdentifier") for one in failed}
        for message in received:
            if message["MessageId"] not in names:
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
