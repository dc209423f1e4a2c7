"""`minilm backfill s3://bucket/prefix`: make a store agree with a bucket.

Sends a message to the queue of the ingest function for each object, and for each document that the
ledger has and the bucket has not. The function does the rest, and skips what it has ingested
already. An interrupted run resumes where it stopped.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
from collections import deque
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote_plus

from botocore.exceptions import ClientError
from tqdm import tqdm

from handler.aws.client import AwsClient
from handler.aws.queue import MESSAGES_PER_REQUEST, send_messages
from handler.commands.arguments import ArgumentParser
from handler.commands.failure import WRONG_USAGE, fail, say
from handler.commands.interruption import Interrupted, end, interruptible
from handler.commands.known_documents import known_documents
from handler.commands.output import add_format_options, print_json, wants_json
from handler.commands.progress import Progress
from handler.commands.terminal import shown
from handler.errors import ServiceUnavailable
from handler.settings import read_settings
from handler.stores import open_source_store
from handler.stores.contract import Ledger

if TYPE_CHECKING:
    from types_boto3_s3.type_defs import ListObjectsV2OutputTypeDef, ObjectTypeDef

MAX_NAMED = 10  # keys that a dry run names
SCHEME = "s3://"
STATES = Path("~/.cache/minilm-lambda/backfill")
EXAMPLES = """
minilm backfill s3://my-bucket/reports/ --queue QUEUE-URL --dry-run
minilm backfill s3://my-bucket --queue QUEUE-URL
"""


class Entry(NamedTuple):
    """A key to be looked at."""

    key: str
    size: int | None  # bytes; None: the ledger has it, and the bucket has not


class Backfill:
    """The objects under a prefix, and the documents of it that are gone, sent to a queue."""

    def __init__(
        self, bucket: str, prefix: str, queue: str, progress: Progress, ledger: Ledger | None = None
    ) -> None:
        """ledger: the store's; without it, documents that are gone are not found."""
        self._bucket, self._prefix, self._queue = bucket, prefix, queue
        self._progress, self._ledger = progress, ledger
        self._s3, self._sqs = AwsClient("s3"), AwsClient("sqs")

    def entries(self, after: str) -> Iterator[Entry]:
        """The objects, and between them the documents that are gone, in the order of their keys.

        What appears or goes meanwhile does no harm: the function looks at the bucket itself.
        """
        known = deque(sorted(key for key in self._known_keys() if key > after))
        for one in self.objects(after):
            while known and known[0] < one["Key"]:
                yield Entry(known.popleft(), None)
            if known and known[0] == one["Key"]:
                known.popleft()
            yield Entry(one["Key"], one["Size"])
        yield from (Entry(key, None) for key in known)

    def _known_keys(self) -> Iterator[str]:
        start = f"s3://{self._bucket}/"
        if self._ledger:
            for row in known_documents(self._ledger, start + self._prefix):
                yield row.source.removeprefix(start)

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

    def send(self, after: str) -> Iterator[list[Entry]]:
        """Send a message for each entry. Yields what was sent, batch by batch."""
        self._progress.note(after)  # before anything is sent, because it may be impossible
        entries = self.entries(after)
        while batch := list(islice(entries, MESSAGES_PER_REQUEST)):
            bodies = [message(self._bucket, one.key) for one in batch]
            send_messages(self._sqs, self._queue, bodies)
            self._progress.note(batch[-1].key)
            yield batch
        self._progress.clear()


def message(bucket: str, key: str) -> str:
    """A message for an object in the shape of S3's own notifications."""
    about = {"bucket": {"name": bucket}, "object": {"key": quote_plus(key)}}
    return json.dumps(
        {"Records": [{"eventSource": "aws:s3", "eventName": "Backfill", "s3": about}]}
    )


def main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    if not options.queue and not options.dry_run:
        message = "Name the queue: --queue URL, or QUEUE_URL (the stack's output IngestQueueUrl)."
        return fail(message, status=WRONG_USAGE)
    name = hashlib.sha256(f"{options.source}\n{options.queue}".encode()).hexdigest()[:16]
    try:
        progress = Progress(options.state or STATES.expanduser() / name)
    except RuntimeError:
        return fail("This user has no home folder for the progress: --state names a file for it.")
    try:
        with interruptible():
            return _backfill(options, progress)
    except Interrupted as interrupted:
        end(interrupted.status, f"Interrupted.{_resume(options, progress)}")
    except (ServiceUnavailable, ClientError, ValueError) as error:
        return fail(f"{error}{_resume(options, progress)}")


def _resume(options: argparse.Namespace, progress: Progress) -> str:
    if options.dry_run or not progress.last_key:
        return ""
    how = " without --from-start" if options.from_start else ""
    return f" Run the same command{how} to resume."


def _backfill(options: argparse.Namespace, progress: Progress) -> int:
    after = "" if options.from_start else progress.read()
    bucket, _, prefix = options.source.removeprefix(SCHEME).partition("/")
    ledger = None if options.no_removed else _ledger()
    backfill = Backfill(bucket, prefix, options.queue or "", progress, ledger)
    if after:
        say(f"Resuming after {after} (--from-start starts over).")
    return _run(backfill, after, dry_run=options.dry_run, as_json=wants_json(options))


def _ledger() -> Ledger | None:
    """The ledger that the settings name; with a note if they name none."""
    address = read_settings(os.environ).vector_store
    if address:
        return open_source_store(address).ledger
    say(
        "Documents that the bucket no longer has are not looked for: set VECTOR_STORE and "
        "LEDGER_TABLE as the ingest function has them (--no-removed leaves this note out)."
    )
    return None


def _run(backfill: Backfill, after: str, *, dry_run: bool, as_json: bool) -> int:
    count = size = 0
    gone: list[str] = []
    entries = backfill.entries(after)
    for one in tqdm(entries, desc="listing", unit=" objects", leave=False, disable=None):
        if one.size is None:
            gone.append(one.key)
        else:
            count, size = count + 1, size + one.size
    if dry_run:
        _print_plan(count, size, gone, as_json=as_json)
        return 0
    sent = removed = 0
    total = count + len(gone)
    with tqdm(total=total, desc="sending", unit=" objects", disable=None) as bar:
        for batch in backfill.send(after):
            sent, removed = sent + len(batch), removed + sum(one.size is None for one in batch)
            bar.update(len(batch))
    if as_json:
        print_json({"messages": sent, "gone": removed})
        return 0
    also = f", {removed:,} of them for documents that the bucket no longer has" if removed else ""
    print(f"{sent:,} messages were sent{also}.")
    return 0


def _print_plan(count: int, size: int, gone: list[str], *, as_json: bool) -> None:
    """What would be sent: objects, their bytes, and the keys that the bucket no longer has."""
    requests = -(-(count + len(gone)) // MESSAGES_PER_REQUEST)
    if as_json:
        print_json({"objects": count, "bytes": size, "gone": gone, "requests": requests})
        return
    also = f" and {len(gone):,} documents that the bucket no longer has" if gone else ""
    print(
        f"{count:,} objects, {size:,} bytes{also}: would be sent in {requests:,} requests. "
        "Nothing was sent."
    )
    for key in gone[:MAX_NAMED]:
        print(shown(f"  no longer there: {key}"))
    if len(gone) > MAX_NAMED:
        print(f"  and {len(gone) - MAX_NAMED:,} more")


def _source(text: str) -> str:
    if not re.match(f"{SCHEME}[^/]", text):
        raise argparse.ArgumentTypeError(
            f"it is {text!r}; it must have the form s3://bucket/prefix"
        )
    return text


def _parser() -> argparse.ArgumentParser:
    parser = ArgumentParser(
        "backfill",
        "Send the objects of a bucket to the queue of the ingest function, and the documents that "
        "the bucket no longer has. The function skips what it has ingested already. An "
        "interrupted run resumes where it stopped.",
        examples=EXAMPLES,
    )
    parser.add_argument(
        "source", type=_source, help="s3://bucket/prefix, or s3://bucket for all of it"
    )
    parser.add_argument("--queue", default=os.environ.get("QUEUE_URL"), help="URL of the queue")
    parser.add_argument(
        "--dry-run", action="store_true", help="count what would be sent, and send nothing"
    )
    parser.add_argument(
        "--no-removed",
        action="store_true",
        help="leave out what the bucket no longer has, for which the ledger is read",
    )
    parser.add_argument(
        "--from-start", action="store_true", help="ignore where an interrupted run stopped"
    )
    parser.add_argument("--state", type=Path, help="file that notes the progress")
    add_format_options(parser)
    return parser
