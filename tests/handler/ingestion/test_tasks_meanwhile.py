"""What the API is asked for while a file is read holds at the end of the attempt."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from handler.errors import StoreConflict
from handler.ingestion.attempt import Attempt
from handler.ingestion.tasks import GivenTask, TaskRunner
from handler.stores.catalog import FileBatch, StoredFile, VectorStoreItem
from handler.stores.counts import Counts
from handler.stores.removal import delete_file
from handler.stores.tasks import RemoveStore
from tests.handler.ingestion.bucket import LONG, PETS
from tests.handler.ingestion.task_runs import Reader, reconcile
from tests.handler.ingestion.uploads import Api


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
