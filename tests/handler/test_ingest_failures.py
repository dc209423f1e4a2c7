"""The ingest function's answers and errors when it cannot do what an event asks for."""

from __future__ import annotations

from typing import Any

import pytest

from handler import ingest
from handler.errors import ServiceUnavailable, UnsupportedEvent
from handler.ingestion.change import Change
from handler.ingestion.outcome import Outcome
from handler.settings import Settings
from tests.events import load_event


class UnreachableStore:
    """A pipeline whose store does not answer."""

    def reconcile_all(self, changes: list[Change], **_: Any) -> list[Exception]:
        error = ServiceUnavailable("s3vectors put_vectors still answers TooManyRequestsException.")
        return [error] * len(changes)


@pytest.mark.parametrize("transport", ["ingest-s3", "ingest-sns", "ingest-eventbridge"])
def test_a_failure_without_a_queue_is_raised_so_that_lambda_retries(
    transport: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "open_pipeline", UnreachableStore)
    with pytest.raises(ServiceUnavailable):
        ingest.lambda_handler(load_event(transport), None)


def test_messages_are_kept_while_the_store_does_not_answer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ingest, "open_pipeline", UnreachableStore)
    event = load_event("ingest-s3-sqs")
    answer = ingest.lambda_handler(event, None)
    assert [one["itemIdentifier"] for one in answer["batchItemFailures"]] == [
        record["messageId"] for record in event["Records"]
    ]
    assert "still answers TooManyRequests" in capsys.readouterr().err


def test_a_missing_store_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "settings", Settings())
    ingest.open_pipeline.cache_clear()
    with pytest.raises(ValueError, match="VECTOR_STORE is not set; it can be sqlite:///"):
        ingest.lambda_handler(load_event("ingest-s3"), None)


@pytest.mark.parametrize("event", [{}, {"input": "hello"}, [], None, {"Records": []}])
def test_any_other_event_is_refused_with_a_list_of_the_known_ones(event: object) -> None:
    with pytest.raises(UnsupportedEvent, match="This function understands: S3 notifications"):
        ingest.lambda_handler(event, None)


class Recording:
    """A pipeline that only notes which changes it gets."""

    def __init__(self) -> None:
        self.sources: list[str] = []

    def reconcile_all(self, changes: list[Change], **_: Any) -> list[Outcome]:
        self.sources += [change.source for change in changes]
        return [Outcome("unchanged", "file-1") for _ in changes]


@pytest.fixture
def recording(monkeypatch: pytest.MonkeyPatch) -> Recording:
    pipeline = Recording()
    monkeypatch.setattr(ingest, "open_pipeline", lambda: pipeline)
    return pipeline


def test_messages_of_a_foreign_bucket_are_logged_and_not_delivered_again(
    recording: Recording, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ingest, "settings", Settings(source_buckets=("documents-of-example",)))
    event = load_event("ingest-s3-sqs")
    event["Records"] += load_event("ingest-minio-sqs")["Records"]
    assert ingest.lambda_handler(event, None) == {"batchItemFailures": []}
    assert len(recording.sources) == 5
    assert {source.split("/")[2] for source in recording.sources} == {"documents-of-example"}
    assert "s3://documents/reports/Q3 + é.txt is in no bucket" in capsys.readouterr().err


def test_a_direct_event_of_a_foreign_bucket_is_refused(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "settings", Settings(source_buckets=("documents",)))
    with pytest.raises(UnsupportedEvent, match=r"no bucket .* \(SOURCE_BUCKETS\)"):
        ingest.lambda_handler(load_event("ingest-s3"), None)
    assert recording.sources == []
