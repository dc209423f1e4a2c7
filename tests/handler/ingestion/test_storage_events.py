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


def of_s3(
    bucket: object, key: object, source: str = "aws:s3", sequencer: object = "0A"
) -> dict[str, Any]:
    """A notification with one record."""
    about = {"bucket": {"name": bucket}, "object": {"key": key, "sequencer": sequencer}}
    return {"Records": [{"eventSource": source, "s3": about}]}


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ({"input": "hello"}, r"keys \['input'\]. This function understands: S3 notifications"),
        ({"Records": []}, "keys"),
        ({"Records": [{"eventSource": "aws:dynamodb"}]}, "keys"),
        ({"Records": [{"eventSource": "aws:s3"}]}, "lacks 's3'"),
        ({"Records": [{"eventSource": "aws:sqs", "body": "{}"}]}, "lacks 'messageId'"),
        ({"Records": [{"eventSource": "aws:sqs", "messageId": "1"}, None]}, "of the wrong type"),
        ({"Records": [{"eventSource": "aws:s3", "s3": "text"}]}, "of the wrong type"),
        ({"Records": [{"eventSource": "aws:s3", "s3": {"object": {"key": "a"}}}]}, "lacks"),
        ({"source": "aws.s3", "detail": {}}, "lacks"),
        ({"Type": "Notification", "Message": 3}, "of type int"),
        (of_s3("b", 3), "key is 3, which is not text"),
        (of_s3("b", None), "key is NoneType"),
        (of_s3("b", ["a"]), "key is list"),
        (of_s3("b", ""), "key has 0 bytes; S3's have 1 to 1,024"),
        (of_s3("b", "é" * 513), "key has 1,026 bytes"),
        (of_s3("b", "a%00b"), r"'a\\x00b' has a zero byte"),
        (of_s3("b", "a\ud800b"), "is not valid Unicode"),
        (of_s3(["b"], "a"), "bucket is list, which is not a valid bucket name"),
        (of_s3(7, "a"), "bucket is 7"),
        (of_s3("", "a"), "bucket is ''"),
        (of_s3("a/b", "a"), "bucket is 'a/b'"),
        (of_s3("b\n", "a"), "bucket is"),
        (
            of_s3("b", "a", source="ceph:s3") | {"x": 1} | of_s3("b", 3, source="ceph:s3"),
            "not text",
        ),
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


@given(st.text(st.characters(exclude_characters="\0"), min_size=1, max_size=250))
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
    [
        ("02", "01"),
        ("0A", "09"),
        ("0a", "09"),
        ("0b", "0A"),
        ("0B", "0a"),
        ("0100", "00FF"),
        ("0066F2", "0066F1FFFF"),
        ("0066f2", "0066F1ffff"),
        ("1", "0FFF"),
    ],
)
def test_sequencers_are_compared_as_if_padded_to_one_length(newer: str, older: str) -> None:
    assert Change("s", newer).is_after(older)
    assert not Change("s", older).is_after(newer)
    assert not Change("s", newer).is_after(newer)


def test_a_change_without_a_sequencer_counts_as_later() -> None:
    assert Change("s", None).is_after("01")
    assert Change("s", "01").is_after(None)


@pytest.mark.parametrize(("one", "other"), [("0a", "0A"), ("0A", "0A00"), ("0a0", "0A")])
def test_a_sequencer_is_the_same_in_either_case_and_length(one: str, other: str) -> None:
    assert Change("s", one).repeats(other)
    assert not Change("s", one).is_after(other)
    assert not Change("s", one).repeats("0B")


NOT_SEQUENCERS = ["~", "0x0A", "", " 0A", "0A\n", "ＡＢ", "A" * 65]


@given(st.text() | st.sampled_from(NOT_SEQUENCERS), st.sampled_from(["0A", "FFFF", None]))
def test_a_malformed_sequencer_says_nothing_of_the_order(text: str, other: str | None) -> None:
    malformed = not (0 < len(text) <= 64 and set(text) <= set("0123456789abcdefABCDEF"))
    if malformed:
        assert Change("s", text).is_after(other)
        assert Change("s", other).is_after(text)
        assert not Change("s", other).repeats(text)
    else:
        assert Change("s", text).repeats(text)


@pytest.mark.parametrize("sequencer", [*NOT_SEQUENCERS, 10, 1.5, True, ["0A"], {"a": 1}, None])
def test_a_malformed_sequencer_is_left_out(
    sequencer: object, capsys: pytest.CaptureFixture[str]
) -> None:
    assert read_changes(of_s3("b", "a", sequencer=sequencer)) == [Change("s3://b/a")]
    assert ("ignored" in capsys.readouterr().err) == bool(sequencer)


def test_notifications_of_minio_are_understood() -> None:
    event = load_event("ingest-minio-sqs")
    (delivery,) = read_deliveries(event)
    (change,) = delivery.read()
    assert change == Change("s3://documents/reports/Q3 + é.txt", "18A5E6F4D2B7C390")


def test_both_readings_of_a_key_of_ceph_are_looked_at() -> None:
    changes = read_changes(of_s3("b", "a+b%20c", source="ceph:s3"))
    assert [change.source for change in changes] == ["s3://b/a+b%20c", "s3://b/a b c"]
    assert read_changes(of_s3("b", "a.txt", source="ceph:s3")) == [Change("s3://b/a.txt", "0A")]
