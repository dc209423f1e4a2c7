"""An uploaded file is in a store as its row asks for."""

from __future__ import annotations

from typing import Any

import pytest

from handler.ingestion.outcome import Outcome
from handler.ingestion.tasks import GivenTask, TaskRunner
from handler.stores.attributes import Attribute
from handler.stores.catalog import FileBatch, StoredFile, blob_of
from handler.stores.contract import Storage
from handler.stores.counts import Counts
from handler.stores.removal import delete_file
from handler.stores.row import Row
from handler.stores.tasks import ReconcileFile
from model_layer import Encoder
from tests.fake_clock import FakeClock
from tests.handler.ingestion.bucket import LONG, PETS
from tests.handler.ingestion.task_runs import Reader, reconcile
from tests.handler.ingestion.uploads import Api


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
