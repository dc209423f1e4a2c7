"""An uploaded file is in a store as its row asks for, whatever is asked for meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from handler.documents.document import Document
from handler.errors import ServiceUnavailable, StoreConflict
from handler.ingestion.attempt import Attempt
from handler.ingestion.document_encoder import DocumentEncoder
from handler.ingestion.outcome import Outcome
from handler.ingestion.tasks import MAX_TRIES, GivenTask, TaskRunner
from handler.settings import SqliteAddress
from handler.stores import open_storage
from handler.stores.attributes import Attribute
from handler.stores.catalog import FileBatch, StoredFile, VectorStoreItem, blob_of
from handler.stores.contract import Storage
from handler.stores.counts import Counts
from handler.stores.removal import delete_file
from handler.stores.row import Row
from handler.stores.tasks import ReconcileFile, RemoveStore
from model_layer import Chunker, Encoder
from tests.fake_clock import FakeClock
from tests.handler.ingestion.bucket import LONG, PETS, extract
from tests.handler.ingestion.uploads import Api


class Reader:
    """Reads documents, and lets something happen before the next one is read."""

    def __init__(self) -> None:
        self.reads = 0
        self.meanwhile: list[Callable[[], object]] = []

    def __call__(self, content: bytes, **about: Any) -> Document:
        self.reads += 1
        if self.meanwhile:
            self.meanwhile.pop()()
        return extract(content, **about)


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return open_storage(SqliteAddress(str(tmp_path / "documents.sqlite")))


@pytest.fixture
def api(storage: Storage, clock: FakeClock, encoder: Encoder) -> Api:
    return Api(storage, clock, encoder.bundle.fingerprint)


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def runner(
    storage: Storage, clock: FakeClock, remembering: Any, chunker: Chunker, reader: Reader
) -> TaskRunner:
    documents = DocumentEncoder(remembering, chunker, reader)
    return TaskRunner(storage, documents, clock=clock, min_write_bytes=1)


def reconcile(runner: TaskRunner, store_id: str, file_id: str, *, tries: int = 1) -> Outcome:
    done = runner.run(GivenTask(ReconcileFile(store_id, file_id), tries))
    assert isinstance(done, Outcome)
    return done


def test_an_attached_file_is_found_with_exactly_the_attributes_that_were_sent(
    api: Api, runner: TaskRunner
) -> None:
    store, file = api.new_store(), api.upload(b"---\nyear: 2024\n---\n" + PETS)
    attributes: dict[str, Attribute] = {
        "Team": "Animals",
        "n": 1.5,
        "draft": True,
        "source": "mine",
        "Ünï": "é",
    }
    api.attach(store, file, attributes)
    outcome = reconcile(runner, store, file.id)
    assert (outcome.result, outcome.document_id) == ("ingested", file.id)
    row = api.row(store, file.id)
    assert (row.status, row.attributes, row.stated_attributes) == ("completed", attributes, {})
    assert (row.etag, row.size, row.warnings) == (file.sha256, file.size, ())
    for match in api.found(store, file.id):
        metadata = match.metadata
        assert metadata["Team"] == "Animals"
        assert (metadata["n"], metadata["draft"], metadata["Ünï"]) == (1.5, True, "é")
        assert metadata["x-amz-meta-source"] == "mine"
        assert metadata["filename"] == "pets.md"
        assert "year" not in metadata
    assert len(api.found(store)) == outcome.chunks >= 1
    assert api.item(store).counts == Counts(completed=1, usage_bytes=file.size)
    # Nothing is left to do.
    assert reconcile(runner, store, file.id).result in ("unchanged", "accounted for")
    assert api.row(store, file.id) == row


def test_a_file_is_in_each_store_as_that_store_asks_for(
    api: Api, runner: TaskRunner, encoder: Encoder
) -> None:
    file = api.upload(LONG, filename="long.txt")
    one, other = api.new_store(), api.new_store()
    api.attach(one, file, {"in": "one"})
    api.attach(other, file, {"in": "other"}, chunk_tokens=128, chunk_overlap=0)
    tasks = [GivenTask(ReconcileFile(store, file.id)) for store in (one, other, one)]
    results = runner.run_all(tasks)
    assert [isinstance(each, Outcome) and each.result for each in results] == [
        *("ingested", "ingested", "unchanged")
    ]
    small, large = api.found(one), api.found(other)
    assert {match.metadata["in"] for match in small} == {"one"}
    assert {match.metadata["in"] for match in large} == {"other"}
    assert len(small) > 1.5 * len(large)
    counts = [
        len(encoder.tokenizer.tokenize(str(match.metadata["text"]), "END").ids) for match in large
    ]
    assert 64 < max(counts) <= 128


def test_other_sizes_of_chunks_are_made_of_the_same_file(
    api: Api, runner: TaskRunner, reader: Reader
) -> None:
    store, file = api.new_store(), api.upload(LONG, filename="long.txt")
    api.attach(store, file)
    reconcile(runner, store, file.id)
    before = len(api.found(store))
    api.attach(store, file, chunk_tokens=100, chunk_overlap=50)
    reconcile(runner, store, file.id)
    assert reader.reads == 2
    assert len(api.found(store)) < before
    assert api.records(store) == len(api.found(store))


@pytest.mark.parametrize("status", ["completed", "in_progress"])
def test_new_attributes_are_written_without_reading_the_file_again(
    api: Api, runner: TaskRunner, reader: Reader, status: str
) -> None:
    store, file = api.new_store(), api.upload(PETS)
    api.attach(store, file, {"draft": True})
    reconcile(runner, store, file.id)
    before = api.found(store)
    for attributes in ({"draft": 1}, {"draft": "no", "Team": "x"}, {}):
        api.change(store, file.id, requested=attributes, status=status)
        assert reconcile(runner, store, file.id).result == "ingested"
        found = api.found(store)
        assert [match.metadata["text"] for match in found] == [
            match.metadata["text"] for match in before
        ]
        for match in found:
            assert match.metadata.get("draft") == attributes.get("draft")
            assert isinstance(match.metadata.get("draft"), type(attributes.get("draft")))
            assert match.metadata.get("Team") == attributes.get("Team")
        assert api.row(store, file.id).status == "completed"
    api.change(store, file.id, requested={}, status=status)
    reconcile(runner, store, file.id)
    assert api.row(store, file.id).status == "completed"
    assert reader.reads == 1
    assert api.records(store) == len(before)


def test_a_removed_file_leaves_a_row_and_no_vectors(
    api: Api, runner: TaskRunner, clock: FakeClock
) -> None:
    store, file, other = api.new_store(), api.upload(PETS), api.upload(b"Tea.")
    for each in (file, other):
        api.attach(store, each)
        reconcile(runner, store, each.id)
    api.remove(store, file.id)
    assert {match.metadata["source"] for match in api.found(store)} == {
        f"upload://{other.id}/pets.md"
    }
    assert api.item(store).counts.total == 1
    assert reconcile(runner, store, file.id).result == "removed"
    row = api.row(store, file.id)
    assert (row.removed, row.chunks, row.earlier, row.current) == (clock.time, 0, {}, None)
    assert api.records(store) == 1
    clock.time += 5
    assert reconcile(runner, store, file.id).result == "accounted for"
    assert api.row(store, file.id) == row  # a clean tombstone costs no write
    api.attach(store, file)
    assert reconcile(runner, store, file.id).result == "ingested"
    assert len(api.found(store, file.id)) == 1


def test_a_deleted_file_is_taken_out_of_every_store(
    api: Api, runner: TaskRunner, storage: Storage, clock: FakeClock
) -> None:
    file = api.upload(PETS)
    stores = [api.new_store(), api.new_store()]
    for store in stores:
        api.attach(store, file)
        reconcile(runner, store, file.id)
    delete_file(storage, file, now=clock.now())
    for store in stores:
        assert api.found(store) == []
        assert api.item(store).counts == Counts()
        assert reconcile(runner, store, file.id).result == "removed"
        assert api.records(store) == 0
    assert list(storage.blobs.keys("files/", before=2e9)) == []


def test_a_file_that_is_attached_while_it_is_deleted_is_taken_out(
    api: Api,
    runner: TaskRunner,
    storage: Storage,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store, file = api.new_store(), api.upload(PETS)
    delete = storage.catalog.delete

    def attach_first(item: StoredFile, **about: Any) -> None:
        api.attach(store, file)
        reconcile(runner, store, file.id)
        delete(item)

    monkeypatch.setattr(storage.catalog, "delete", attach_first)
    delete_file(storage, file, now=clock.now())
    assert api.found(store) == []
    assert reconcile(runner, store, file.id).result == "removed"
    assert api.records(store) == 0


def test_a_file_that_is_gone_when_it_is_looked_at_counts_as_removed(
    api: Api, runner: TaskRunner, storage: Storage, clock: FakeClock
) -> None:
    """It was attached while it was deleted; or its time is over."""
    store, file = api.new_store(), api.upload(PETS)
    expiring = api.upload(PETS, expires=clock.time + 10)
    batch = api.batch(store, [file, expiring])
    storage.catalog.delete(file)
    clock.time += 11
    for each in (file, expiring):
        assert reconcile(runner, store, each.id).result == "removed"
        assert api.row(store, each.id).removed == clock.time
    assert api.item(store).counts == Counts()
    settled = storage.catalog.get(FileBatch, batch.id)
    assert settled is not None
    assert settled.all_counts == Counts(cancelled=2)


def test_a_cancelled_file_stays_cancelled_and_leaves_no_vectors(
    api: Api, runner: TaskRunner, storage: Storage
) -> None:
    store, files = api.new_store(), [api.upload(PETS), api.upload(LONG)]
    batch = api.batch(store, files)
    reconcile(runner, store, files[0].id)
    api.change(store, files[1].id, status="cancelled")
    assert reconcile(runner, store, files[1].id).result == "accounted for"
    assert api.row(store, files[1].id).status == "cancelled"
    settled = storage.catalog.get(FileBatch, batch.id)
    assert settled is not None
    assert settled.all_counts.values[:4] == (0, 1, 0, 1)
    assert api.found(store, files[1].id) == []


def test_a_file_that_cannot_be_read_has_failed_once(
    api: Api, runner: TaskRunner, reader: Reader
) -> None:
    store, file = api.new_store(), api.upload(b"%PDF-1.7 cut off", filename="a.pdf")
    api.attach(store, file)
    assert reconcile(runner, store, file.id).result == "failed"
    row = api.row(store, file.id)
    assert (row.status, row.error_code) == ("failed", "invalid_file")
    assert reconcile(runner, store, file.id).error == row.error
    assert (reader.reads, api.row(store, file.id)) == (1, row)
    api.attach(store, file)  # asked for again, it is read again
    reconcile(runner, store, file.id)
    assert reader.reads == 2


def test_a_file_whose_content_is_lost_says_so(
    api: Api, runner: TaskRunner, storage: Storage
) -> None:
    store, file = api.new_store(), api.upload(PETS)
    storage.blobs.delete([blob_of(file.id)])
    api.attach(store, file)
    assert reconcile(runner, store, file.id).result == "failed"
    row = api.row(store, file.id)
    assert row.error_code == "server_error"
    assert "upload it again" in (row.error or "")


def test_a_file_that_was_never_attached_gets_no_row(
    api: Api, runner: TaskRunner, storage: Storage
) -> None:
    store, file = api.new_store(), api.upload(PETS)
    for each in (store, "vs_unknown", storage.source_store_id):
        assert reconcile(runner, each, file.id).result == "absent"
        assert storage.store(each).ledger.get(file.id) is None


def test_a_bucket_document_is_left_to_its_events(
    api: Api, runner: TaskRunner, storage: Storage
) -> None:
    ledger = storage.store(storage.source_store_id).ledger
    row = ledger.put(Row("file-1", "s3://bucket/a", status="in_progress"))
    assert reconcile(runner, storage.source_store_id, "file-1").result == "absent"
    assert ledger.get("file-1") == row


# --- what happens while a file is read


def again(api: Api, store: str, file: StoredFile) -> None:
    api.attach(store, file, {"Team": "new"}, chunk_tokens=100, chunk_overlap=0)


def updated(api: Api, store: str, file: StoredFile) -> None:
    api.change(store, file.id, requested={"Team": "new"})


def removed(api: Api, store: str, file: StoredFile) -> None:
    api.remove(store, file.id)


def removed_and_attached(api: Api, store: str, file: StoredFile) -> None:
    api.remove(store, file.id)
    again(api, store, file)


def cancelled(api: Api, store: str, file: StoredFile) -> None:
    api.change(store, file.id, status="cancelled")


def deleted(api: Api, store: str, file: StoredFile) -> None:
    delete_file(api.storage, file, now=api.clock.now())


def store_deleted(api: Api, store: str, file: StoredFile) -> None:
    api.delete_store(store)


MEANWHILE = [again, updated, removed, removed_and_attached, cancelled, deleted, store_deleted]


@pytest.mark.parametrize("late", [False, True], ids=["while it is read", "between two writes"])
@pytest.mark.parametrize("known", [False, True], ids=["new", "known"])
@pytest.mark.parametrize("action", MEANWHILE, ids=lambda action: action.__name__)
def test_what_the_api_asks_for_during_an_attempt_holds_at_its_end(
    api: Api,
    runner: TaskRunner,
    reader: Reader,
    action: Callable[[Api, str, StoredFile], None],
    known: bool,
    late: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store, file = api.new_store(), api.upload(LONG, filename="long.txt")
    batch = api.batch(store, [file])
    if known:
        reconcile(runner, store, file.id)
        api.attach(store, file, {"Team": "old"}, chunk_tokens=64, chunk_overlap=20)
    calls: list[int] = []

    def meanwhile(*_: object) -> None:
        if not calls:
            calls.append(1)
            action(api, store, file)

    if late:
        commit = Attempt.commit

        def commit_and_then(attempt: Attempt) -> None:
            commit(attempt)
            meanwhile()

        monkeypatch.setattr(Attempt, "commit", commit_and_then)
    else:
        reader.meanwhile.append(meanwhile)
    reconcile(runner, store, file.id)
    assert calls
    monkeypatch.undo()
    if action is store_deleted:
        runner.run(GivenTask(RemoveStore(store)))
        assert api.storage.catalog.get(VectorStoreItem, store) is None
        assert api.records(store) == 0
        return
    row = api.row(store, file.id)
    settled = api.storage.catalog.get(FileBatch, batch.id)
    assert settled is not None
    assert settled.all_counts.in_progress == 0
    if action in (removed, cancelled, deleted):
        assert api.found(store) == []
        assert api.records(store) == 0
        assert (row.chunks, row.earlier, row.current) == (0, {}, None)
        assert bool(row.removed) == (action is not cancelled)
        assert row.status == "cancelled" or action is not cancelled
        return
    assert (row.status, row.removed) == ("completed", 0.0)
    assert {match.metadata["Team"] for match in api.found(store)} == {"new"}
    assert api.records(store) == row.chunks
    assert len(api.found(store)) == min(100, row.chunks)
    assert api.item(store).counts == Counts(completed=1, usage_bytes=file.size)


def test_a_row_that_the_api_keeps_writing_is_left_for_later(
    api: Api, runner: TaskRunner, reader: Reader
) -> None:
    store, file = api.new_store(), api.upload(PETS)
    api.attach(store, file)
    for number in range(9):
        reader.meanwhile.append(partial(api.change, store, file.id, requested={"n": number}))
    with pytest.raises(StoreConflict):
        reconcile(runner, store, file.id)
    reader.meanwhile.clear()
    assert reconcile(runner, store, file.id).result == "ingested"


# --- deleted stores, bugs, other models


def test_a_deleted_store_leaves_nothing(api: Api, runner: TaskRunner, storage: Storage) -> None:
    store, other, file = api.new_store(), api.new_store(), api.upload(PETS)
    for each in (store, other):
        api.attach(each, file)
        reconcile(runner, each, file.id)
    assert runner.run(GivenTask(RemoveStore(store))).__class__.__name__ == "Swept"
    assert len(api.found(store)) == 1  # it was not deleted
    api.delete_store(store)
    api_late = storage.store(store).index
    runner.run(GivenTask(RemoveStore(store)))
    runner.run(GivenTask(RemoveStore(store)))
    assert storage.catalog.get(VectorStoreItem, store) is None
    assert storage.catalog.stores_with(file.id) == [other]
    assert api.records(store) == 0
    assert reconcile(runner, store, file.id).result == "absent"
    assert len(api.found(other)) == 1
    # A write that comes late makes no new index.
    with pytest.raises(Exception, match="is deleted"):
        api_late.upsert(storage.store(other).index.read([api.found(other)[0].key]))


def test_a_task_of_a_store_that_is_gone_deletes_an_index_that_was_made_late(
    api: Api, runner: TaskRunner, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    dropped: list[str] = []
    monkeypatch.setattr(storage, "drop_vectors", lambda store_id, **_: dropped.append(store_id))
    store, file = api.new_store(), api.upload(PETS)
    assert reconcile(runner, store, file.id).result == "absent"
    assert reconcile(runner, storage.source_store_id, file.id).result == "absent"
    assert dropped == []
    assert reconcile(runner, "vs_gone", file.id).result == "absent"
    assert dropped == ["vs_gone"]


class Bug(Exception):
    pass


def test_a_file_that_meets_a_bug_has_failed_in_the_end(
    api: Api, runner: TaskRunner, reader: Reader, storage: Storage
) -> None:
    store, file, good = api.new_store(), api.upload(PETS), api.upload(b"Tea.")

    def bug() -> None:
        raise Bug

    for each in (file, good):
        api.attach(store, each)
    for tries in range(1, MAX_TRIES + 1):
        reader.meanwhile.append(bug)
        tasks = [GivenTask(ReconcileFile(store, each.id), tries) for each in (file, good)]
        first, second = runner.run_all(tasks)
        assert isinstance(second, Outcome)
        assert isinstance(first, Bug) == (tries < MAX_TRIES)
    row = api.row(store, file.id)
    assert (row.status, row.error_code, row.owner) == ("failed", "server_error", None)
    assert api.item(store).counts.values[:4] == (0, 1, 1, 0)
    assert reconcile(runner, store, file.id).result == "accounted for"
    api.attach(store, file)
    assert reconcile(runner, store, file.id).result == "ingested"


def test_a_store_that_does_not_answer_fails_no_file(
    api: Api, runner: TaskRunner, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, file = api.new_store(), api.upload(PETS)
    api.attach(store, file)

    def unavailable(*_: object, **__: object) -> None:
        raise ServiceUnavailable("throttled")

    with monkeypatch.context() as patched:
        patched.setattr(storage.blobs, "read", unavailable)
        with pytest.raises(ServiceUnavailable):
            reconcile(runner, store, file.id, tries=99)
    assert reconcile(runner, store, file.id).result == "ingested"


def test_nothing_is_written_into_a_store_of_another_model(api: Api, runner: TaskRunner) -> None:
    store, file = api.new_store(), api.upload(PETS)
    api.attach(store, file)
    reconcile(runner, store, file.id)
    item = api.item(store)
    api.storage.catalog.put(replace(item, fingerprint="another-model"))
    other = api.upload(b"Tea.")
    api.attach(store, other)
    assert "another model" in (reconcile(runner, store, other.id).error or "")
    assert api.row(store, other.id).error_code == "server_error"
    api.remove(store, file.id)
    assert reconcile(runner, store, file.id).result == "removed"
    assert api.records(store) == 0
