"""The ingest function acknowledges or returns every message, whatever is in it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from handler.errors import DocumentRejected, TryLater, UnsupportedEvent
from handler.settings import Settings, SqliteAddress
from tests.fuzz.fake_s3 import serve_fake_s3
from tests.fuzz.notifications import OBJECTS, notification
from tests.fuzz.plan import numbers_for, run
from tests.fuzz.watched_log import WatchedLog, watch_log
from tests.handler.lambda_context import LambdaContext

pytestmark = pytest.mark.fuzz

MOST_SECONDS = 30.0


@pytest.fixture(scope="module")
def ingest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """`handler.ingest`, on a bucket over HTTP and a store in a file."""
    store = tmp_path_factory.mktemp("ingested") / "store.sqlite"
    with serve_fake_s3() as bucket, pytest.MonkeyPatch.context() as patch:
        bucket.objects.update(OBJECTS)
        patch.setenv("AWS_ENDPOINT_URL", bucket.address)
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        from handler import ingest

        patch.setattr(ingest, "settings", Settings(vector_store=SqliteAddress(str(store))))
        ingest.open_pipeline.cache_clear()
        yield ingest
        ingest.open_pipeline.cache_clear()


@numbers_for("notifications")
def test_notifications(numbers: range, ingest: ModuleType) -> None:
    with watch_log() as log:
        run("notifications", numbers, notification, lambda event: attempt(ingest, event, log))


def attempt(ingest: ModuleType, event: Any, log: WatchedLog) -> None:
    log.clear()
    started = time.monotonic()
    try:
        answer = ingest.lambda_handler(event, LambdaContext(seconds=20))
    except (DocumentRejected, TryLater, UnsupportedEvent):
        assert not is_from_queue(event), "all messages were lost for one"
        log.clear()
        return
    assert time.monotonic() - started < MOST_SECONDS
    assert set(answer) == {"batchItemFailures"}
    sent = {str(record.get("messageId")) for record in records_of(event)}
    failed = [each["itemIdentifier"] for each in answer["batchItemFailures"]]
    assert {str(each) for each in failed} <= sent
    json.dumps(answer)
    log.take()


def records_of(event: Any) -> list[dict[str, Any]]:
    records = event.get("Records") if isinstance(event, dict) else None
    return [one for one in records if isinstance(one, dict)] if isinstance(records, list) else []


def is_from_queue(event: Any) -> bool:
    """Whether SQS could have sent the event: every record has an id and a body."""
    records = records_of(event)
    return (
        bool(records)
        and len(records) == len(event["Records"])
        and all(
            one.get("eventSource") == "aws:sqs"
            and isinstance(one.get("messageId"), str)
            and isinstance(one.get("body"), str)
            for one in records
        )
    )
