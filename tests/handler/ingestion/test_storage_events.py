"""Envelopes become changes: the real payload of each transport, and anything else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.errors import UnsupportedEvent
from handler.ingestion.change import Change
from handler.ingestion.storage_events import read_changes, read_deliveries
from tests.events import load_event

REPORT = "s3://documents-of-example/reports/Q3 2026 (final) été.pdf"
CREATED = Change(REPORT, "0066F2A1B3C4D5E6F7")
OVERWRITTEN = Change("s3://documents-of-example/handbook/travel.md", "0066F2A1B3C4D5E6F8")
REMOVED = Change("s3://documents-of-example/handbook/old.md", "0066F2A1B3C4D5E6F9")
MARKED = Change("s3://documents-of-example/handbook/travel.md", "0066F2A1B3C4D5E700")
EXPIRED = Change("s3://documents-of-example/drafts/2019 plan.txt", "0066F2A1B3C4D5E701")


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        # S3 encodes keys as in a form; EventBridge does not encode them.
        ("ingest-s3-sqs", [[CREATED], [OVERWRITTEN, REMOVED], [MARKED], [EXPIRED]]),
        ("ingest-s3", [[CREATED]]),
        ("ingest-sns", [[CREATED]]),
        ("ingest-sns-sqs", [[CREATED]]),
        ("ingest-eventbridge", [[CREATED]]),
        ("ingest-eventbridge-deleted", [[EXPIRED]]),
        ("ingest-eventbridge-sqs", [[CREATED], [EXPIRED]]),
        ("ingest-test-event-sqs", [[]]),  # S3's test event names no object
    ],
)
def test_every_transport_names_the_objects_that_changed(
    name: str, changes: list[list[Change]]
) -> None:
    event = load_event(name)
    deliveries = read_deliveries(event)
    assert [delivery.read() for delivery in deliveries] == changes
    is_queue = name.endswith("-sqs")
    assert [delivery.message_id is not None for delivery in deliveries] == [is_queue] * len(changes)


def test_messages_keep_their_ids_and_receipts() -> None:
    event = load_event("ingest-s3-sqs")
    deliveries = read_deliveries(event)
    assert [(delivery.message_id, delivery.receipt) for delivery in deliveries] == [
        (record["messageId"], record["receiptHandle"]) for record in event["Records"]
    ]


def test_an_unreadable_message_does_not_affect_the_others() -> None:
    event = load_event("ingest-s3-sqs")
    event["Records"][0]["body"] = "no JSON"
    broken, sound, *_ = read_deliveries(event)
    with pytest.raises(UnsupportedEvent, match="The message is not JSON"):
        broken.read()
    assert sound.read() == [OVERWRITTEN, REMOVED]


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ({"input": "hello"}, r"keys \['input'\]. This function understands: S3 notifications"),
        ({"Records": []}, "keys"),
        ({"Records": [{"eventSource": "aws:dynamodb"}]}, "keys"),
        ({"Records": [{"eventSource": "aws:s3"}]}, "lacks 's3'"),
        ({"Records": [{"eventSource": "aws:sqs", "body": "{}"}]}, "lacks 'messageId'"),
        ({"Records": [{"eventSource": "aws:sqs", "messageId": "1"}, None]}, "lacks"),
        ({"Records": [{"eventSource": "aws:s3", "s3": {"object": {"key": "a"}}}]}, "lacks"),
        ({"source": "aws.s3", "detail": {}}, "lacks"),
        ({"Type": "Notification", "Message": 3}, "of type int"),
        ([], "of type list"),
        (None, "of type NoneType"),
    ],
)
def test_any_other_event_is_refused_with_a_description_of_it(event: object, message: str) -> None:
    with pytest.raises(UnsupportedEvent, match=message):
        read_deliveries(event)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "Records",
                        "eventSource",
                        "s3",
                        "detail",
                        "source",
                        "Type",
                        "Message",
                        "object",
                    ]
                )
                | st.text(),
                inner | st.sampled_from(["aws:s3", "aws:sqs", "aws:sns", "aws.s3", "Notification"]),
            )
        ),
    )
)
def test_any_event_is_read_or_refused(event: Any) -> None:
    try:
        for delivery in read_deliveries(event):
            assert isinstance(delivery.read(), list)
    except UnsupportedEvent as refused:
        assert str(refused)


@given(st.text(min_size=1))
def test_any_key_survives_both_encodings(key: str) -> None:
    from urllib.parse import quote_plus

    key = key.encode("utf-8", "replace").decode()
    about = {"bucket": {"name": "b"}, "object": {"key": quote_plus(key)}}
    (from_s3,) = read_changes({"Records": [{"eventSource": "aws:s3", "s3": about}]})
    raw = {"bucket": {"name": "b"}, "object": {"key": key}}
    (from_eventbridge,) = read_changes(json.loads(json.dumps({"source": "aws.s3", "detail": raw})))
    assert from_s3.source == from_eventbridge.source == f"s3://b/{key}"


@pytest.mark.parametrize(
    ("newer", "older"),
    [("02", "01"), ("0A", "09"), ("0100", "00FF"), ("0066F2", "0066F1FFFF"), ("1", "0FFF")],
)
def test_sequencers_are_compared_as_if_padded_to_one_length(newer: str, older: str) -> None:
    assert Change("s", newer).is_after(older)
    assert not Change("s", older).is_after(newer)
    assert not Change("s", newer).is_after(newer)


def test_a_change_without_a_sequencer_counts_as_later() -> None:
    assert Change("s", None).is_after("01")
    assert Change("s", "01").is_after(None)
