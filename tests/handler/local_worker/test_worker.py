"""The local worker does what is sent, and goes on whatever happens."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from handler.documents.document import Document
from handler.documents.sandbox import Sandbox
from handler.errors import NotReady
from handler.ingestion.document_encoder import DocumentEncoder
from handler.ingestion.leases import SystemClock
from handler.ingestion.owners import Processes
from handler.ingestion.tasks import MAX_TRIES
from handler.local_worker import worker as worker_module
from handler.local_worker.worker import Worker
from handler.settings import SqliteAddress
from handler.stores.catalog import StoredFile
from handler.stores.sqlite import tasks as sqlite_tasks
from handler.stores.sqlite.storage import SqliteStorage
from handler.stores.tasks import ReconcileFile
from model_layer import Chunker, Encoder
from tests.handler.ingestion.bucket import LONG, PETS, extract
from tests.handler.ingestion.uploads import Api

SECONDS = 20.0  # that a test waits for a worker, at most


class Place:
    """A storage that may be there, a worker, and what it does while it reads a document."""

    def __init__(self, path: Path, encoder: Encoder, chunker: Chunker) -> None:
        self.over, self.reads = threading.Event(), 0
        self.meanwhile: Callable[[], object] = lambda: None
        self.storage: SqliteStorage | None = None
        self._path = path
        documents = DocumentEncoder(encoder, chunker, self._read, is_cancelled=self.over.is_set)
        self.worker = Worker(self.open, documents, Sandbox(), is_over=self.over.is_set)
        self.fingerprint = documents.fingerprint

    def make(self) -> Api:
        self.storage = SqliteStorage(SqliteAddress(str(self._path)))
        return Api(self.storage, SystemClock(), self.fingerprint)

    def open(self) -> SqliteStorage | None:
        return self.storage

    def _read(self, content: bytes, **about: Any) -> Document:
        self.reads += 1
        self.meanwhile()
        return extract(content, **about)


@pytest.fixture
def place(tmp_path: Path, encoder: Encoder) -> Iterator[Place]:
    chunker = Chunker(encoder.tokenizer, max_tokens=64, overlap=8, window=600)
    place = Place(tmp_path / "documents.sqlite", encoder, chunker)
    yield place
    place.over.set()
    place.worker.close(SECONDS)


def wait_until(holds: Callable[[], object]) -> None:
    until = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.01)


def is_completed(api: Api, store: str, file_id: str) -> bool:
    return api.row(store, file_id).status == "completed"


def test_a_file_is_ingested_soon_after_it_is_attached(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "IDLE_SECONDS", 999)
    place.worker.start()
    api = place.make()
    store = api.new_store()
    for _ in range(3):
        file = api.upload(PETS)
        api.attach(store, file)
        wait_until(partial(is_completed, api, store, file.id))
    assert len(api.found(store)) == 3
    assert place.storage is not None
    wait_until(lambda: place.storage and place.storage.tasks.next_due() is None)


def test_a_small_file_does_not_wait_for_a_large_one(place: Place) -> None:
    api, go = place.make(), threading.Event()
    store, large, small = api.new_store(), api.upload(LONG), api.upload(PETS)
    begun = threading.Event()

    def wait_once() -> None:
        place.meanwhile = lambda: None
        begun.set()
        assert go.wait(SECONDS)

    place.meanwhile = wait_once
    place.worker.start()
    api.attach(store, large)
    assert begun.wait(SECONDS)
    api.attach(store, small)
    wait_until(lambda: api.row(store, small.id).status == "completed")
    assert api.row(store, large.id).status == "in_progress"
    go.set()
    wait_until(lambda: api.row(store, large.id).status == "completed")


def test_what_takes_long_is_kept(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_tasks, "LEASE_SECONDS", 1.5)
    monkeypatch.setattr(worker_module, "RENEW_SECONDS", 0.1)
    api = place.make()
    store, file = api.new_store(), api.upload(PETS)
    place.meanwhile = lambda: time.sleep(2.5)
    place.worker.start()
    api.attach(store, file)
    wait_until(lambda: api.row(store, file.id).status == "completed")
    assert place.reads == 1


def test_a_bug_fails_one_file_and_no_other(
    place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(worker_module, "_delay", lambda tries: 0.01)
    api = place.make()
    store, bad, good = api.new_store(), api.upload(b"Tea."), api.upload(PETS)

    def bug() -> None:
        raise RuntimeError("a bug")

    place.meanwhile = bug
    place.worker.start()
    api.attach(store, bad)
    wait_until(lambda: api.row(store, bad.id).status == "failed")
    assert place.reads == MAX_TRIES
    assert api.row(store, bad.id).error_code == "server_error"
    assert "RuntimeError: a bug" in caplog.text
    place.meanwhile = lambda: None
    api.attach(store, good)
    wait_until(lambda: api.row(store, good.id).status == "completed")


def test_a_storage_that_cannot_be_used_is_reported_once(
    place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(worker_module, "REST_SECONDS", 0.02)
    api = place.make()
    store, file = api.new_store(), api.upload(PETS)
    api.attach(store, file)
    tries = []

    def refuse() -> SqliteStorage:
        tries.append(1)
        raise NotReady("The vector store does not answer.")

    with monkeypatch.context() as patched:
        patched.setattr(place.worker, "_open", refuse)
        with caplog.at_level(logging.WARNING):
            place.worker.start()
            wait_until(lambda: len(tries) > 12)
    assert caplog.text.count("The vector store does not answer.") == 1
    wait_until(lambda: api.row(store, file.id).status == "completed")


def test_a_worker_that_ends_gives_back_what_it_has_not_finished(place: Place) -> None:
    api = place.make()
    store, file = api.new_store(), api.upload(LONG)
    place.meanwhile = place.over.set
    place.worker.start()
    api.attach(store, file)
    wait_until(place.over.is_set)
    place.worker.close(SECONDS)
    row = api.row(store, file.id)
    assert (row.status, row.owner) == ("in_progress", None)
    assert place.storage is not None
    waiting = []  # and the sweep of the start, if it was not done by then
    while taken := place.storage.tasks.take():
        waiting.append(taken.task)
    assert ReconcileFile(store, file.id) in waiting


def test_tasks_of_a_process_that_was_killed_are_done_at_once(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = place.make()
    store, file = api.new_store(), api.upload(PETS)
    api.attach(store, file)
    assert place.storage is not None
    assert place.storage.tasks.take("of a process that is gone") is not None
    monkeypatch.setattr(Processes, "is_gone", lambda self, owner: "gone" in owner)
    place.worker.start()
    wait_until(lambda: api.row(store, file.id).status == "completed")


def test_the_sweep_runs_at_the_start(place: Place) -> None:
    api = place.make()
    file = api.upload(PETS, expires=time.time() - 1)
    place.worker.start()
    wait_until(lambda: api.storage.catalog.get(StoredFile, file.id) is None)
