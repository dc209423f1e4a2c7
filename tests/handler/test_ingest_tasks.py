"""The ingest function does the API's tasks, alone and beside storage events."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from handler import ingest
from handler.errors import ServiceUnavailable, UnsupportedEvent
from handler.ingestion.leases import SystemClock
from handler.ingestion.pipeline import Pipeline
from handler.ingestion.tasks import MAX_TRIES
from handler.settings import Settings, SqliteAddress
from handler.stores import open_storage
from handler.stores.catalog import StoredFile, VectorStoreItem
from handler.stores.contract import Storage
from handler.stores.tasks import ReconcileFile, RemoveStore, Sweep, Task, to_message
from tests.handler.ingestion.bucket import PETS, SOURCE, Bucket, found
from tests.handler.ingestion.uploads import Api


@pytest.fixture
def storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Storage]:
    address = SqliteAddress(str(tmp_path / "documents.sqlite"))
    monkeypatch.setattr(ingest, "settings", Settings(vector_store=address))
    ingest.open_runner.cache_clear()
    yield open_storage(address)
    ingest.open_runner.cache_clear()


@pytest.fixture
def api(storage: Storage) -> Api:
    return Api(storage, SystemClock(), ingest.encoder.fingerprint)


def message(name: str, body: object, *, tries: int = 1) -> dict[str, Any]:
    return {
        "eventSource": "aws:sqs",
        "messageId": name,
        "body": json.dumps(body),
        "attributes": {"ApproximateReceiveCount": str(tries)},
    }


def invoke(*messages: dict[str, Any]) -> list[str]:
    """The messages that are to come again."""
    answer = ingest.lambda_handler({"Records": list(messages)}, None)
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def as_message(task: Task, *, tries: int = 1) -> dict[str, Any]:
    return message(task.name, to_message(task), tries=tries)


def test_one_batch_has_tasks_of_several_stores_and_storage_events(
    api: Api, storage: Storage, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    bucket = Bucket()
    bucket.put(PETS)
    pipeline = Pipeline(bucket, storage.store(storage.source_store_id), ingest.encoder)
    monkeypatch.setattr(ingest, "open_pipeline", lambda: pipeline)
    one, other, gone = api.new_store(), api.new_store(), api.new_store()
    file = api.upload(PETS, filename="secret name.md")
    for store in (one, other, gone):
        api.attach(store, file)
    api.delete_store(gone)
    name, _, key = SOURCE.removeprefix("s3://").partition("/")
    event = {"eventSource": "aws:s3", "s3": {"bucket": {"name": name}, "object": {"key": key}}}
    again = invoke(
        as_message(ReconcileFile(one, file.id)),
        message("event", {"Records": [event]}),
        message("unknown", {"task": "fly"}),
        message("wrong", {"task": "reconcile_file", "file_id": 7}),
        as_message(ReconcileFile(other, file.id)),
        as_message(RemoveStore(gone)),
        as_message(Sweep()),
    )
    assert again == ["unknown", "wrong"]
    assert len(api.found(one)) == len(api.found(other)) == 1
    assert len(found(pipeline.store)) == 1
    assert storage.catalog.get(VectorStoreItem, gone) is None
    lines = capfd.readouterr().err
    assert "secret" not in lines.replace(SOURCE, "")
    assert '"task":"reconcile_file"' in lines
    (total,) = [json.loads(line) for line in lines.splitlines() if '"documents"' in line]
    assert (total["documents"], total["inputs"]) == (3, 3)


def test_only_the_message_of_what_failed_comes_again(
    api: Api, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, file = api.new_store(), api.upload(PETS)
    api.attach(store, file)
    blobs = ingest.open_runner()._storage.blobs

    def unavailable(*_: object, **__: object) -> bytes:
        raise ServiceUnavailable("s3 throttles")

    with monkeypatch.context() as patched:
        patched.setattr(blobs, "read", unavailable)
        task = ReconcileFile(store, file.id)
        assert invoke(as_message(task, tries=30), as_message(Sweep())) == ["reconcile_file"]
        with pytest.raises(ServiceUnavailable):
            ingest.lambda_handler(to_message(task), None)
    assert invoke(as_message(task)) == []
    assert len(api.found(store)) == 1


def test_a_file_that_meets_a_bug_has_failed_after_some_deliveries(
    api: Api, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, file = api.new_store(), api.upload(PETS)
    api.attach(store, file)

    def bug(*_: object, **__: object) -> bytes:
        raise RuntimeError("a bug")

    monkeypatch.setattr(ingest.open_runner()._storage.blobs, "read", bug)
    task = ReconcileFile(store, file.id)
    assert invoke(as_message(task, tries=MAX_TRIES - 1)) == ["reconcile_file"]
    assert invoke(as_message(task, tries=MAX_TRIES)) == []
    assert api.row(store, file.id).error_code == "server_error"


def test_a_schedule_sweeps_without_a_queue(api: Api, storage: Storage) -> None:
    file = api.upload(PETS, expires=1.0)
    assert ingest.lambda_handler({"task": "sweep"}, None) == {"batchItemFailures": []}
    assert storage.catalog.get(StoredFile, file.id) is None


@pytest.mark.parametrize("event", [{"task": "fly"}, {"task": []}, {"task": "sweep", "at": 1}])
def test_what_is_no_task_is_refused(event: dict[str, object], storage: Storage) -> None:
    with pytest.raises(UnsupportedEvent):
        ingest.lambda_handler(event, None)
