"""What the ingest function answers, or raises, when it cannot do what an event asks for."""

from __future__ import annotations

from typing import Any

import pytest

from handler import ingest
from handler.errors import ServiceUnavailable, UnsupportedEvent
from handler.ingestion.storage_events import Change
from handler.settings import Settings
from tests.conftest import load_event


class Away:
    """A pipeline whose store does not answer."""

    def reconcile_all(self, changes: list[Change], **_: Any) -> list[Exception]:
        error = ServiceUnavailable("s3vectors put_vectors still answers TooManyRequestsException.")
        return [error] * len(changes)


@pytest.mark.parametrize("road", ["ingest-s3", "ingest-sns", "ingest-eventbridge"])
def test_without_a_queue_a_failure_is_raised_for_only_then_is_it_delivered_again(
    road: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "open_pipeline", Away)
    with pytest.raises(ServiceUnavailable):
        ingest.lambda_handler(load_event(road), None)


def test_when_the_store_does_not_answer_the_messages_are_kept(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ingest, "open_pipeline", Away)
    event = load_event("ingest-s3-sqs")
    answer = ingest.lambda_handler(event, None)
    assert [one["itemIdentifier"] for one in answer["batchItemFailures"]] == [
        record["messageId"] for record in event["Records"]
    ]
    assert "still answers TooManyRequests" in capsys.readouterr().err


def test_without_a_store_the_event_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "settings", Settings())
    ingest.open_pipeline.cache_clear()
    with pytest.raises(ValueError, match="VECTOR_STORE is not set; it can be sqlite:///"):
        ingest.lambda_handler(load_event("ingest-s3"), None)


@pytest.mark.parametrize("event", [{}, {"input": "hello"}, [], None, {"Records": []}])
def test_any_other_event_is_an_error_that_says_what_is_understood(event: object) -> None:
    with pytest.raises(UnsupportedEvent, match="This function understands: S3 notifications"):
        ingest.lambda_handler(event, None)
