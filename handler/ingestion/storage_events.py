"""Events to work: which sources may have changed, whatever the envelope, and tasks of the API.

    S3 notifications      direct, in SQS, in SNS, in SNS in SQS; several records in one
    EventBridge           direct, in SQS, in SNS
    backfill's messages   in SQS: S3's shape (see `backfill`)
    MinIO's and Ceph's    as S3's, with an `eventSource` of their own
    tasks                 direct, in SQS (see `stores.tasks`)

The kind of change is not read: what the bucket holds now decides.
(docs.aws.amazon.com/AmazonS3/latest/userguide: notification-content-structure, ev-events)
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

import orjson

from handler.digits import whole_number
from handler.errors import UnsupportedEvent
from handler.event_kinds import unsupported
from handler.ingestion.change import Change, is_sequencer
from handler.logs import write_line
from handler.stores.tasks import Task, from_message

UNDERSTOOD = (
    "S3 notifications (MinIO's and Ceph's, too) and EventBridge events of S3, alone or in SQS or "
    "SNS messages; tasks of this program, {'task': …}"
)
# botocore takes these. New buckets have stricter names, old ones do not.
BUCKET = re.compile("[A-Za-z0-9._-]{1,255}")
MAX_KEY = 1_024  # bytes (docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html)


@dataclass(frozen=True)
class Delivery:
    """What is acknowledged or redelivered as a whole."""

    message_id: str | None  # SQS's; None: the invocation itself is the delivery
    read: Callable[[], list[Change | Task]]  # raises UnsupportedEvent
    receipt: str | None = None  # SQS's
    tries: int = 1  # how often it was delivered, this time included


def read_deliveries(event: object) -> list[Delivery]:
    """The deliveries in an invocation's event. Raises UnsupportedEvent for any other event.

    An SQS message that cannot be read does not affect the others: its own `read` raises.
    """
    if isinstance(event, dict) and _source(_records(event)) == "aws:sqs":
        try:
            return [_message(record) for record in _records(event)]
        except (KeyError, TypeError) as error:
            raise _malformed(error) from error
    work = read_work(event)
    return [Delivery(None, lambda: work)]


def read_work(event: object) -> list[Change | Task]:
    """The task that an event is, or its changes. Raises UnsupportedEvent."""
    if isinstance(event, dict) and "task" in event:
        try:
            return [from_message(event)]
        except ValueError as error:
            raise UnsupportedEvent(str(error)) from error
    return [*read_changes(event)]


def read_changes(event: object) -> list[Change]:
    """The changes that an event names; none for S3's test event. Raises UnsupportedEvent."""
    try:
        if isinstance(event, dict):
            if event.get("Event") == "s3:TestEvent":  # sent when notifications are switched on
                return []
            if event.get("source") == "aws.s3" and "detail" in event:
                return [_from_eventbridge(event["detail"])]
            if event.get("Type") == "Notification":  # SNS, in a queue
                return read_changes(_json(event["Message"]))
            match _source(_records(event)):
                case "aws:sns":
                    messages = [_json(record["Sns"]["Message"]) for record in _records(event)]
                    return [change for message in messages for change in read_changes(message)]
                case "aws:s3" | "minio:s3":
                    return [_from_s3(record["s3"]) for record in _records(event)]
                case "ceph:s3":
                    return [one for each in _records(event) for one in _from_ceph(each["s3"])]
    except (KeyError, TypeError, AttributeError) as error:
        raise _malformed(error) from error
    raise unsupported(event, UNDERSTOOD)


def _malformed(error: Exception) -> UnsupportedEvent:
    if isinstance(error, KeyError):
        return UnsupportedEvent(f"The event lacks {error}, which its kind should have.")
    return UnsupportedEvent(f"A part of the event is of the wrong type: {error}.")


def _message(record: dict[str, Any]) -> Delivery:
    return Delivery(
        record["messageId"],
        lambda: read_work(_json(record.get("body"))),
        record.get("receiptHandle"),
        _tries(record.get("attributes")),
    )


def _tries(attributes: object) -> int:
    """How often SQS has delivered a message, if it says so."""
    count = attributes.get("ApproximateReceiveCount") if isinstance(attributes, dict) else None
    return whole_number(count) or 1 if isinstance(count, str) else 1


def _from_s3(about: dict[str, Any]) -> Change:
    """S3's own notifications encode the key like a form: spaces are plus signs. So do MinIO's.

    (github.com/minio/minio, internal/event: `url.QueryEscape`)
    """
    described = about["object"]
    return _change(about["bucket"]["name"], unquote_plus(_text(described["key"])), described)


def _from_ceph(about: dict[str, Any]) -> list[Change]:
    """Ceph's documentation does not say whether the key is encoded, so both readings are looked at.

    One of an object that does not exist changes nothing.
    (docs.ceph.com/en/latest/radosgw/notifications, "Events")
    """
    key = _text(about["object"]["key"])
    names = dict.fromkeys([key, unquote_plus(key)])
    return [_change(about["bucket"]["name"], name, about["object"]) for name in names]


def _from_eventbridge(detail: dict[str, Any]) -> Change:
    """EventBridge's events have the key as it is."""
    return _change(detail["bucket"]["name"], detail["object"]["key"], detail["object"])


def _change(bucket: object, key: object, about: dict[str, Any]) -> Change:
    """The change of an object. Raises UnsupportedEvent if S3 allows no such bucket or key.

    A malformed sequencer is left out: the object is looked at, and so it is after later events.
    """
    if not isinstance(bucket, str) or not BUCKET.fullmatch(bucket):
        raise UnsupportedEvent(
            f"The event's bucket is {_shown(bucket)}, which is not a valid bucket name."
        )
    source = f"s3://{bucket}/{_checked_key(key)}"
    sequencer = about.get("sequencer")
    if sequencer and not is_sequencer(sequencer):
        write_line(
            {"route": "ingest", "source": source, "ignored": f"sequencer {_shown(sequencer)}"}
        )
    return Change(source, sequencer if is_sequencer(sequencer) else None)


def _checked_key(key: object) -> str:
    try:
        size = len(_text(key).encode())
    except UnicodeEncodeError as error:
        raise UnsupportedEvent(f"The event's key {_shown(key)} is not valid Unicode.") from error
    if not 0 < size <= MAX_KEY:
        raise UnsupportedEvent(f"The event's key has {size:,} bytes; S3's have 1 to {MAX_KEY:,}.")
    if "\0" in _text(key):
        raise UnsupportedEvent(f"The event's key {_shown(key)} has a zero byte.")
    return _text(key)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise UnsupportedEvent(f"The event's key is {_shown(value)}, which is not text.")
    return value


def _shown(value: object) -> str:
    """The beginning of a value that may be anything."""
    return ascii(value)[:80] if isinstance(value, str | int | float) else type(value).__name__


def _records(event: dict[str, Any]) -> list[dict[str, Any]]:
    records = event.get("Records")
    return records if isinstance(records, list) else []


def _source(records: list[dict[str, Any]]) -> str | None:
    """Where the records come from. SNS spells the field in its own way."""
    if not records or not isinstance(records[0], dict):
        return None
    return records[0].get("eventSource") or records[0].get("EventSource")


def _json(text: object) -> object:
    if not isinstance(text, str):
        raise UnsupportedEvent(f"The message must be text; it is of type {type(text).__name__}.")
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise UnsupportedEvent(f"The message is not JSON: {error}.") from error
