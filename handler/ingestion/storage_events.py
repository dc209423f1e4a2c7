"""Storage events to changes: which sources may have changed, whatever the envelope.

    S3 notifications      direct, in SQS, in SNS, in SNS in SQS; several records in one
    EventBridge           direct, in SQS, in SNS
    backfill's messages   in SQS: S3's shape (see `backfill`)

The kind of change is not read: what the bucket holds now decides.
(docs.aws.amazon.com/AmazonS3/latest/userguide: notification-content-structure, ev-events)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

import orjson

from handler.errors import UnsupportedEvent
from handler.ingestion.change import Change

UNDERSTOOD = "S3 notifications and EventBridge events of S3, alone or in SQS or SNS messages"


@dataclass(frozen=True)
class Delivery:
    """What is acknowledged or redelivered as a whole."""

    message_id: str | None  # SQS's; None: the invocation itself is the delivery
    read: Callable[[], list[Change]]  # raises UnsupportedEvent
    receipt: str | None = None  # SQS's


def read_deliveries(event: object) -> list[Delivery]:
    """The deliveries in an invocation's event. Raises UnsupportedEvent for any other event.

    An SQS message that cannot be read does not affect the others: its own `read` raises.
    """
    if isinstance(event, dict) and _source(_records(event)) == "aws:sqs":
        try:
            return [_message(record) for record in _records(event)]
        except (KeyError, TypeError) as error:
            raise UnsupportedEvent(
                f"The event lacks {error}, which its kind should have."
            ) from error
    changes = read_changes(event)
    return [Delivery(None, lambda: changes)]


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
                case "aws:s3":
                    return [_from_s3(record["s3"]) for record in _records(event)]
    except (KeyError, TypeError, AttributeError) as error:
        raise UnsupportedEvent(f"The event lacks {error}, which its kind should have.") from error
    if isinstance(event, dict):
        shape = f"an object with the keys {[str(key)[:40] for key in list(event)[:10]]}"
    else:
        shape = f"of type {type(event).__name__}"
    raise UnsupportedEvent(f"The event is {shape}. This function understands: {UNDERSTOOD}.")


def _message(record: dict[str, Any]) -> Delivery:
    return Delivery(
        record["messageId"],
        lambda: read_changes(_json(record.get("body"))),
        record.get("receiptHandle"),
    )


def _from_s3(about: dict[str, Any]) -> Change:
    """S3's own notifications encode the key like a form: spaces are plus signs."""
    described = about["object"]
    return _change(about["bucket"]["name"], unquote_plus(described["key"]), described)


def _from_eventbridge(detail: dict[str, Any]) -> Change:
    """EventBridge's events have the key as it is."""
    return _change(detail["bucket"]["name"], detail["object"]["key"], detail["object"])


def _change(bucket: str, key: str, about: dict[str, Any]) -> Change:
    return Change(f"s3://{bucket}/{key}", about.get("sequencer"))


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
