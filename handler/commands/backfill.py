"""`python -m handler.commands.backfill s3://bucket/prefix`: ingest what a bucket holds already.

Sends a message for each object to the queue of the ingest function, which does the rest and skips
what it has ingested already. An interrupted run resumes where it stopped.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

from botocore.exceptions import ClientError
from tqdm import tqdm

from handler.aws.client import AwsClient
from handler.commands.failure import fail
from handler.errors import ServiceUnavailable

if TYPE_CHECKING:
    from types_boto3_s3.type_defs import ListObjectsV2OutputTypeDef, ObjectTypeDef
    from types_boto3_sqs import SQSClient
    from types_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

MESSAGES_PER_REQUEST = 10  # SQS's limit
STATES = Path("~/.cache/minilm-lambda/backfill")


class Backfill:
    """The objects under a prefix, sent to a queue."""

    def __init__(self, bucket: str, prefix: str, queue: str, *, state: Path) -> None:
        """state: a file that holds the last key sent, until all are sent."""
        self._bucket, self._prefix, self._queue, self._state = bucket, prefix, queue, state
        self._s3, self._sqs = AwsClient("s3"), AwsClient("sqs")

    @property
    def last_key(self) -> str:
        """The last key that an interrupted run has sent; empty if there was none."""
        return self._state.read_text() if self._state.exists() else ""

    def objects(self, after: str) -> Iterator[ObjectTypeDef]:
        """The objects with keys after `after`, in the order of their keys."""
        parameters: dict[str, Any] = {"Bucket": self._bucket, "Prefix": self._prefix}
        if after:
            parameters["StartAfter"] = after
        while True:
            page: ListObjectsV2OutputTypeDef = self._s3.call("list_objects_v2", **parameters)
            # The console's empty folders are not documents.
            yield from (
                one
                for one in page.get("Contents", [])
                if one["Size"] > 0 or not one["Key"].endswith("/")
            )
            if not page["IsTruncated"]:
                return
            parameters["ContinuationToken"] = page["NextContinuationToken"]

    def send(self, after: str) -> Iterator[int]:
        """Send a message for each object. Yields the number sent, batch by batch."""
        self._state.parent.mkdir(parents=True, exist_ok=True)
        objects = self.objects(after)
        while batch := list(islice(objects, MESSAGES_PER_REQUEST)):
            self._send([one["Key"] for one in batch])
            self._state.write_text(batch[-1]["Key"])
            yield len(batch)
        self._state.unlink(missing_ok=True)

    def _send(self, keys: list[str]) -> None:
        entries: list[SendMessageBatchRequestEntryTypeDef] = [
            {"Id": str(place), "MessageBody": message(self._bucket, key)}
            for place, key in enumerate(keys)
        ]

        def send(client: SQSClient) -> None:
            # Only the failed messages are sent again.
            answer = client.send_message_batch(QueueUrl=self._queue, Entries=entries)
            failed = {one["Id"]: one for one in answer.get("Failed", [])}
            entries[:] = [entry for entry in entries if entry["Id"] in failed]
            for one in failed.values():
                status = 400 if one["SenderFault"] else 500
                about: Any = {"Error": one, "ResponseMetadata": {"HTTPStatusCode": status}}
                raise ClientError(about, "SendMessageBatch")

        self._sqs.attempt("send_message_batch", send)


def message(bucket: str, key: str) -> str:
    """A message for an object in the shape of S3's own notifications."""
    about = {"bucket": {"name": bucket}, "object": {"key": quote_plus(key)}}
    return json.dumps(
        {"Records": [{"eventSource": "aws:s3", "eventName": "Backfill", "s3": about}]}
    )


def main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    bucket, _, prefix = options.source.removeprefix("s3://").partition("/")
    if not options.source.startswith("s3://") or not bucket:
        return fail(f"{options.source} is not of the form s3://bucket/prefix.")
    if not options.queue and not options.dry_run:
        return fail(
            "Name the queue: --queue URL, or QUEUE_URL (the stack's output IngestQueueUrl)."
        )
    name = hashlib.sha256(f"{options.source}\n{options.queue}".encode()).hexdigest()[:16]
    state = options.state or STATES.expanduser() / name
    try:
        backfill = Backfill(bucket, prefix, options.queue or "", state=state)
        after = "" if options.from_start else backfill.last_key
        if after:
            print(f"Resuming after {after} (--from-start starts over).")
        return _run(backfill, after, dry_run=options.dry_run)
    except (ServiceUnavailable, ClientError) as error:
        resume = "" if options.dry_run else " Run the same command to resume."
        return fail(f"{error}{resume}")


def _run(backfill: Backfill, after: str, *, dry_run: bool) -> int:
    count = size = 0
    for one in tqdm(backfill.objects(after), desc="listing", unit=" objects", leave=False):
        count, size = count + 1, size + one["Size"]
    about = f"{count:,} objects, {size:,} bytes"
    if dry_run:
        requests = -(-count // MESSAGES_PER_REQUEST)
        print(f"{about}: would be sent in {requests:,} requests. Nothing was sent.")
        return 0
    with tqdm(total=count, desc="sending", unit=" objects") as bar:
        for sent in backfill.send(after):
            bar.update(sent)
        print(f"{bar.n:,} messages were sent.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m handler.commands.backfill", description=__doc__
    )
    parser.add_argument("source", help="s3://bucket/prefix, or s3://bucket for all of it")
    parser.add_argument("--queue", default=os.environ.get("QUEUE_URL"), help="URL of the queue")
    parser.add_argument("--dry-run", action="store_true", help="count the objects, send nothing")
    parser.add_argument(
        "--from-start", action="store_true", help="ignore where an interrupted run stopped"
    )
    parser.add_argument("--state", type=Path, help="file that notes the progress")
    return parser


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("Interrupted. Run the same command to resume.")
