"""Both Lambda functions behind a port, with AWS as moto plays it: what a deployment does.

Run as a program, it answers HTTP requests with `handler.api.lambda_handler`, through events as an
HTTP API sends them, and hands the queue's messages to `handler.ingest.lambda_handler`. It takes one
request at a time, as a function does.
"""

from __future__ import annotations

import base64
import contextlib
import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import boto3

from tests.local_server import Server
from tests.paths import ROOT

TIMEOUT = 29.0
ONE_AT_A_TIME = threading.Lock()


@contextlib.contextmanager
def start_lambda_server(**settings: str) -> Iterator[Server]:
    """Run both functions on AWS as moto's server plays it. Needs the fixture `aws`."""
    from tests.handler.aws.moto_server import new_bucket, new_index

    address = new_index()
    queue = boto3.client("sqs").create_queue(QueueName=f"ingest-{uuid.uuid4().hex[:12]}")
    environment = {
        **os.environ,
        "AWS_LAMBDA_FUNCTION_NAME": "function",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1769",
        "FILES_BUCKET": new_bucket("files"),
        "LEDGER_TABLE": address.ledger_table,
        "QUEUE_URL": queue["QueueUrl"],
        "VECTOR_STORE": f"s3vectors://{address.bucket}/{address.index}",
        **settings,
    }
    command = [sys.executable, "-m", "tests.lambda_server"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        port = process.stdout.readline()
        assert port, "the functions did not start"
        threading.Thread(target=process.stdout.read, daemon=True).start()
        try:
            yield Server(int(port), process)
        finally:
            process.terminate()


@dataclass
class Context:
    """What Lambda tells a function of an invocation."""

    aws_request_id: str
    started: float

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int(1000 * (self.started + TIMEOUT - time.monotonic())))


def context() -> Context:
    return Context(uuid.uuid4().hex, time.monotonic())


class Gateway(BaseHTTPRequestHandler):
    """Turns requests into events of an HTTP API, and answers into responses."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        from handler.api import lambda_handler

        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        path = urlsplit(self.path)
        event = {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path.path,
            "rawQueryString": path.query,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "requestContext": {
                "http": {
                    "method": self.command,
                    "path": path.path,
                    "protocol": "HTTP/1.1",
                    "sourceIp": "127.0.0.1",
                },
                "stage": "$default",
                "domainName": self.headers.get("host", "localhost"),
                "requestId": uuid.uuid4().hex,
            },
            "body": base64.b64encode(body).decode() if body else None,
            "isBase64Encoded": bool(body),
        }
        with ONE_AT_A_TIME:
            answer = lambda_handler(event, context())
        content = answer.get("body") or ""
        encoded = answer.get("isBase64Encoded")
        raw = base64.b64decode(content) if encoded else content.encode()
        self.send_response_only(answer["statusCode"])
        for name, value in {**answer.get("headers", {}), "content-length": str(len(raw))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)

    do_GET = do_POST = do_DELETE = do_PUT = answer

    def log_message(self, format: str, *args: Any) -> None:
        """The handler writes its own lines."""


def ingest_for_ever(queue: str) -> None:
    """Hand the queue's messages to the ingest function, as an event source mapping does."""
    from handler.ingest import lambda_handler

    sqs = boto3.client("sqs")
    while True:
        received = sqs.receive_message(
            QueueUrl=queue, MaxNumberOfMessages=5, WaitTimeSeconds=0, VisibilityTimeout=5
        ).get("Messages", [])
        if not received:
            time.sleep(0.05)
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
        answer = lambda_handler({"Records": records}, context())
        failed = {one["itemIdentifier"] for one in answer["batchItemFailures"]}
        for message in received:
            if message["MessageId"] not in failed:
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])


def main() -> None:
    import handler.api  # before the port is known: it takes a second
    import handler.ingest  # noqa: F401

    threading.Thread(target=ingest_for_ever, args=[os.environ["QUEUE_URL"]], daemon=True).start()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
