"""Tasks of deleted stores, of stores of another model, and of files that meet bugs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handler.errors import ServiceUnavailable
from handler.ingestion.outcome import Outcome
from handler.ingestion.tasks import MAX_TRIES, GivenTask, TaskRunner
from handler.stores.catalog import VectorStoreItem
from handler.stores.contract import Storage
from handler.stores.tasks import ReconcileFile, RemoveStore
from tests.handler.ingestion.bucket import PETS
from tests.handler.ingestion.task_runs import Reader, reconcile
from tests.handler.ingestion.uploads import Api


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
