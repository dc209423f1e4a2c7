"""The sweep does what is due, a piece at a time, and leaves everything else alone."""

from __future__ import annotations

import io
import time
from dataclasses import replace
from pathlib import Path

import pytest

from handler.ingestion.document_encoder import DocumentEncoder
from handler.ingestion.sweep import stores, sweep
from handler.ingestion.sweep.steps import DAY, Swept
from handler.ingestion.tasks import GivenTask, TaskRunner
from handler.settings import SqliteAddress
from handler.stores.catalog import (
    FileBatch,
    IdempotencyKey,
    StoredFile,
    Upload,
    UploadPart,
    VectorStoreItem,
    blob_of,
    blob_of_part,
)
from handler.stores.counts import Counts
from handler.stores.row import Row
from handler.stores.sqlite.storage import SqliteStorage
from handler.stores.tasks import ReconcileFile, RemoveStore, Sweep, Task
from model_layer import Chunker, Encoder
from tests.fake_clock import FakeClock
from tests.handler.ingestion.bucket import PETS, extract
from tests.handler.ingestion.uploads import Api


@pytest.fixture
def storage(tmp_path: Path, clock: FakeClock) -> SqliteStorage:
    storage = SqliteStorage(SqliteAddress(str(tmp_path / "documents.sqlite")))
    storage.tasks._now = clock.now
    return storage


@pytest.fixture
def api(storage: SqliteStorage, clock: FakeClock, encoder: Encoder) -> Api:
    return Api(storage, clock, encoder.bundle.fingerprint)


@pytest.fixture
def runner(
    storage: SqliteStorage, clock: FakeClock, encoder: Encoder, chunker: Chunker
) -> TaskRunner:
    return TaskRunner(storage, DocumentEncoder(encoder, chunker, extract), clock=clock)


def run(storage: SqliteStorage, clock: FakeClock) -> Swept:
    return sweep(storage, Sweep(), clock=clock, deadline=None)


def drain(storage: SqliteStorage, runner: TaskRunner | None = None) -> list[Task]:
    """The tasks that were sent; done, if there is somebody to do them."""
    done: list[Task] = []
    while taken := storage.tasks.take():
        if runner:
            runner.run(GivenTask(taken.task))
        storage.tasks.done(taken)
        done.append(taken.task)
    return done


def test_a_fresh_storage_has_nothing_to_sweep(
    api: Api, runner: TaskRunner, storage: SqliteStorage, clock: FakeClock
) -> None:
    assert run(storage, clock) == Swept()
    store, file = api.new_store(expires_after_days=1), api.upload(PETS, expires=clock.time + 9)
    api.attach(store, file)
    drain(storage, runner)
    clock.time += 5
    assert run(storage, clock) == Swept()
    assert drain(storage) == []
    assert len(api.found(store)) == 1


def test_the_files_of_a_store_whose_time_is_over_are_taken_out(
    api: Api,
    runner: TaskRunner,
    storage: SqliteStorage,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stores, "ROWS", 2)
    store, other = api.new_store(expires_after_days=1), api.new_store()
    files = [api.upload(f"Text {number}.".encode()) for number in range(5)]
    for file in files:
        api.attach(store, file)
        api.attach(other, file)
    drain(storage, runner)
    clock.time += DAY
    assert run(storage, clock) == Swept(stores=1, sent=5)
    assert api.found(store) == []
    item = api.item(store)
    assert (item.expired, item.counts) == (True, Counts())
    drain(storage, runner)
    assert api.records(store) == 0
    assert len(api.found(other)) == 5
    assert storage.catalog.get(StoredFile, files[0].id) is not None
    assert run(storage, clock) == Swept()


def test_a_store_that_is_used_again_does_not_expire(
    api: Api, storage: SqliteStorage, clock: FakeClock
) -> None:
    store = api.new_store(expires_after_days=1)
    clock.time += DAY - 1
    storage.catalog.put(replace(api.item(store), last_active=clock.time))
    clock.time += 2
    assert run(storage, clock) == Swept()
    assert not api.item(store).expired


def test_a_file_whose_time_is_over_is_deleted_everywhere(
    api: Api, runner: TaskRunner, storage: SqliteStorage, clock: FakeClock
) -> None:
    store, file = api.new_store(), api.upload(PETS, expires=clock.time + 10)
    kept = api.upload(PETS)
    for each in (file, kept):
        api.attach(store, each)
    drain(storage, runner)
    clock.time += 10
    assert run(storage, clock) == Swept(files=1)
    assert storage.catalog.get(StoredFile, file.id) is None
    drain(storage, runner)
    assert api.found(store, file.id) == []
    assert api.item(store).counts.total == api.records(store) == 1
    assert list(storage.blobs.keys("", before=3e9)) == [blob_of(kept.id)]


def test_rows_of_removed_files_are_deleted_after_a_while(
    api: Api, runner: TaskRunner, storage: SqliteStorage, clock: FakeClock
) -> None:
    store = api.new_store()
    gone, returned, lost = (api.upload(PETS) for _ in range(3))
    for file in (gone, returned, lost):
        api.attach(store, file)
    drain(storage, runner)
    for file in (gone, returned):
        api.remove(store, file.id)
    drain(storage, runner)
    api.remove(store, lost.id)
    assert drain(storage) == [ReconcileFile(store, lost.id)]  # nobody does it
    api.attach(store, returned)
    drain(storage)
    clock.time += 3_599
    run(storage, clock)
    assert drain(storage) == [ReconcileFile(store, returned.id)]  # it is in progress
    api.row(store, gone.id)
    clock.time += 2
    assert run(storage, clock).rows == 1
    ledger = storage.store(store).ledger
    assert set(ledger.get_all([gone.id, returned.id, lost.id])) == {returned.id, lost.id}
    assert ReconcileFile(store, lost.id) in drain(storage, runner)
    assert run(storage, clock).rows == 1
    assert ledger.get(lost.id) is None
    assert api.records(store) == 1


def test_a_file_whose_task_was_lost_is_sent_again(
    api: Api, runner: TaskRunner, storage: SqliteStorage, clock: FakeClock
) -> None:
    store, file = api.new_store(), api.upload(PETS)
    api.attach(store, file)
    ledger = storage.store(storage.source_store_id).ledger
    ledger.put(Row("file-1", "s3://bucket/a", created=clock.time))  # its event comes again
    drain(storage)
    clock.time += 800
    assert run(storage, clock) == Swept()
    clock.time += 101
    assert run(storage, clock) == Swept(sent=1)
    assert drain(storage, runner) == [ReconcileFile(store, file.id)]
    assert len(api.found(store)) == 1


def test_what_is_left_of_a_deleted_store_is_deleted(
    api: Api, runner: TaskRunner, storage: SqliteStorage, clock: FakeClock
) -> None:
    store, file = api.new_store(), api.upload(PETS)
    kept = api.new_store()
    batches = [api.batch(each, [file]) for each in (store, kept)]
    drain(storage, runner)
    api.delete_store(store)  # and its task is lost
    assert run(storage, clock) == Swept(sent=1)
    assert drain(storage, runner) == [RemoveStore(store)]
    assert storage.catalog.get(VectorStoreItem, store) is None
    assert run(storage, clock) == Swept(batches=1)
    assert [storage.catalog.get(FileBatch, each.id) is None for each in batches] == [True, False]


def test_uploads_parts_and_keys_end_with_their_time(
    storage: SqliteStorage, clock: FakeClock
) -> None:
    catalog, blobs = storage.catalog, storage.blobs
    upload = Upload(
        id="upload_1",
        created=clock.time,
        filename="a.txt",
        purpose="assistants",
        size=3,
        content_type="text/plain",
        expires=clock.time + 3_600,
    )
    catalog.put(upload)
    catalog.put(replace(upload, id="upload_2", status="completed"))
    for number in (1, 2):
        part = UploadPart(id=f"part_{number}", created=clock.time, upload_id="upload_1", size=1)
        catalog.put(part)
        blobs.write(blob_of_part("upload_1", part.id), io.BytesIO(b"x"))
    catalog.put(IdempotencyKey(id="k", created=clock.time, request="r", made="m"))
    clock.time += 7_100
    assert run(storage, clock) == Swept()
    clock.time = 4e9  # (the blobs' times are the machine's)
    catalog.put(replace(upload, id="upload_3", created=clock.time, expires=clock.time + 3_600))
    catalog.put(IdempotencyKey(id="new", created=clock.time, request="r", made="m"))
    swept = run(storage, clock)
    assert (swept.uploads, swept.parts, swept.keys) == (1, 2, 1)
    expired = catalog.get(Upload, "upload_1")
    assert expired is not None
    assert expired.status == "expired"
    assert list(blobs.keys("", before=9e9)) == []
    run(storage, clock)
    assert [one.id for one in catalog.page(Upload, limit=9)] == ["upload_3"]
    assert [one.id for one in catalog.page(IdempotencyKey, limit=9)] == ["new"]


def test_blobs_without_a_file_are_deleted_when_they_are_a_day_old(
    api: Api, storage: SqliteStorage, clock: FakeClock
) -> None:
    file = api.upload(PETS)
    storage.blobs.write("files/file-orphan", io.BytesIO(b"x"))
    storage.blobs.write("parts/upload_1/part_1", io.BytesIO(b"x"))
    assert run(storage, clock) == Swept()
    clock.time = 4e9
    assert run(storage, clock).blobs == 2
    assert list(storage.blobs.keys("", before=9e9)) == [blob_of(file.id)]


def test_a_sweep_whose_time_is_up_goes_on_as_another_task(
    api: Api, storage: SqliteStorage, clock: FakeClock, runner: TaskRunner
) -> None:
    for _ in range(3):
        api.upload(PETS, expires=clock.time)
        api.new_store(expires_after_days=1)
    drain(storage)
    clock.time += 2 * DAY
    runs, task = 0, Sweep()
    total = Swept()
    while True:
        total += sweep(storage, task, clock=clock, deadline=clock.time - 1)
        sent = [one for one in drain(storage) if isinstance(one, Sweep)]
        runs += 1
        if not sent:
            break
        (task,) = sent
        assert runs < 50
    assert (total.files, total.stores) == (3, 3)
    assert runs > 6
    assert list(storage.catalog.page(StoredFile, limit=9)) == []


def test_a_place_that_no_sweep_knows_is_the_beginning(
    api: Api, storage: SqliteStorage, clock: FakeClock
) -> None:
    api.upload(PETS, expires=clock.time)
    assert sweep(storage, Sweep("of:old"), clock=clock, deadline=None).files == 1


def test_files_of_another_store_in_the_same_folder_are_left_alone(
    tmp_path: Path, storage: SqliteStorage, clock: FakeClock, encoder: Encoder
) -> None:
    other = SqliteStorage(SqliteAddress(str(tmp_path / "documents.db")))
    file = Api(other, clock, encoder.bundle.fingerprint).upload(b"of another store")
    clock.time = time.time() + 2 * DAY
    run(storage, clock)
    assert other.blobs.read(blob_of(file.id)) == b"of another store"
