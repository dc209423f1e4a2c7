"""Objects that S3 refuses, from the event to the ledger: no delivery without an end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from handler import ingest
from handler.settings import Settings, SqliteAddress
from handler.stores import open_source_store
from handler.stores.contract import Store
from tests.handler.aws.refusing_s3 import Refusal, RefusingS3, serving_refusals
from tests.handler.ingestion.bucket import found, row_of


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[RefusingS3]:
    with serving_refusals() as serving:
        monkeypatch.setenv("AWS_ENDPOINT_URL", serving.address)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        yield serving


@pytest.fixture
def store(s3: RefusingS3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    address = SqliteAddress(str(tmp_path / "documents.sqlite"))
    monkeypatch.setattr(ingest, "settings", Settings(vector_store=address))
    opened = ingest.open_pipeline
    opened.cache_clear()
    yield open_source_store(address)
    opened.cache_clear()


def deliver(*keys: str) -> list[str]:
    """Send one message for each key. The keys whose messages are to be delivered again."""
    records = [
        {"eventSource": "aws:sqs", "messageId": key, "body": json.dumps(notification(key))}
        for key in keys
    ]
    answer = ingest.lambda_handler({"Records": records}, None)
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def notification(key: str) -> dict[str, Any]:
    about = {"bucket": {"name": "bucket"}, "object": {"key": key}}
    return {"Records": [{"eventSource": "aws:s3", "s3": about}]}


def test_an_object_that_can_no_longer_be_read_takes_its_chunks_with_it(
    s3: RefusingS3, store: Store
) -> None:
    s3.contents = {"a.txt": b"Cats sleep.", "b.txt": b"Dogs bark."}
    assert deliver("a.txt", "b.txt") == []
    source = "s3://bucket/a.txt"
    assert found(store, source)
    s3.refused["a.txt"] = Refusal(400, "InvalidRequest", "It is stored with Encryption.")
    assert deliver("a.txt") == []
    row = row_of(store, source)
    assert (row.status, row.chunks, found(store, source)) == ("failed", 0, [])
    assert "SSE-C" in (row.error or "")
    assert deliver("a.txt") == []
    s3.refused.clear()
    assert deliver("a.txt") == []
    assert row_of(store, source).status == "completed"
    assert row_of(store, "s3://bucket/b.txt").status == "completed"


def test_an_object_that_s3_fails_to_give_does_not_hold_the_others(
    s3: RefusingS3, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handler.ingestion.sources.s3.PATIENCE_SECONDS", 0.2)
    s3.contents = {"a.txt": b"Cats sleep.", "b.txt": b"Dogs bark."}
    s3.refused = {"a.txt": Refusal(500, "InternalError")}
    assert deliver("a.txt", "b.txt") == ["a.txt"]
    assert row_of(store, "s3://bucket/b.txt").status == "completed"


def test_an_object_that_trickles_is_left_for_later_and_does_not_hold_the_others(
    s3: RefusingS3,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("handler.ingestion.sources.s3.OBJECT_SECONDS", 0.2)
    s3.contents = {"a.txt": b"Cats sleep. " * 1_000, "b.txt": b"Dogs bark."}
    s3.trickling = {"a.txt"}
    assert deliver("a.txt", "b.txt") == ["a.txt"]
    assert "content did not arrive within 0.2 s" in capsys.readouterr().err
    assert row_of(store, "s3://bucket/b.txt").status == "completed"
    s3.trickling.clear()
    assert deliver("a.txt") == []
    assert row_of(store, "s3://bucket/a.txt").status == "completed"
