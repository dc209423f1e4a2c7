"""A ledger's counts are exact, also while many write, and a store that is gone gets no rows."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from handler.errors import StoreConflict, StoreGone
from handler.stores.catalog import FileBatch
from handler.stores.contract import Storage, Store
from handler.stores.counts import STATUSES, Counts
from handler.stores.row import Row
from tests.handler.stores.backends import item_of, mark_deleted, new_store


@pytest.fixture(params=["source", "api"])
def counted(request: pytest.FixtureRequest, storage: Storage) -> Store:
    """The store of the bucket or folder, and one that was made through the API."""
    if request.param == "source":
        return storage.store(storage.source_store_id)
    return new_store(storage)


def row(number: int, **values: object) -> Row:
    return Row(f"file-{number:04}", f"upload://{number}/a", size=10, **values)  # type: ignore[arg-type]


def counts_of(store: Store) -> Counts:
    """What the rows say."""
    rows = [one for one in store.ledger.rows(limit=10_000) if not one.removed]
    by_status = Counter(one.status for one in rows)
    return Counts(
        **{status: by_status[status] for status in STATUSES},
        usage_bytes=sum(one.usage_bytes for one in rows),
    )


def test_a_store_without_rows_counts_none(counted: Store) -> None:
    assert counted.ledger.counts() == Counts()


def test_the_catalog_shows_the_counts_of_a_store(storage: Storage, counted: Store) -> None:
    counted.ledger.put_all([row(1), row(2, status="completed"), row(3, status="failed")])
    expected = Counts(in_progress=1, completed=1, failed=1, usage_bytes=10)
    assert item_of(storage, counted).counts == counted.ledger.counts() == expected


def test_a_write_of_the_item_keeps_the_counts(storage: Storage) -> None:
    store = new_store(storage)
    old = item_of(storage, store)
    store.ledger.put(row(1))
    storage.catalog.put(replace(old, name="renamed"))
    assert item_of(storage, store).counts == Counts(in_progress=1)


def test_counts_follow_a_row_from_its_attachment_to_its_end(counted: Store) -> None:
    ledger = counted.ledger
    written = ledger.put(row(1))
    assert ledger.counts() == Counts(in_progress=1)
    written = ledger.put(replace(written, owner="me", leased_until=9.0))
    assert ledger.counts() == Counts(in_progress=1)
    written = ledger.put(replace(written, status="completed"))
    assert ledger.counts() == Counts(completed=1, usage_bytes=10)
    written = ledger.put(replace(written, size=25))
    assert ledger.counts() == Counts(completed=1, usage_bytes=25)
    written = ledger.put(replace(written, removed=5.0))
    assert ledger.counts() == Counts()
    written = ledger.put(replace(written, removed=0.0, status="in_progress"))
    assert ledger.counts() == Counts(in_progress=1)
    ledger.delete(written)
    assert ledger.counts() == Counts()


def test_a_write_that_conflicts_counts_nothing(counted: Store) -> None:
    ledger = counted.ledger
    old = ledger.put(row(1))
    ledger.put(replace(old, status="completed"))
    with pytest.raises(StoreConflict):
        ledger.put(replace(old, status="failed"))
    with pytest.raises(StoreConflict):
        ledger.delete(old)
    ledger.put_all([row(2), replace(old, status="failed")])
    assert ledger.counts() == Counts(in_progress=1, completed=1, usage_bytes=10)


def test_counts_are_exact_while_many_write(counted: Store) -> None:
    def write(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(12):
            number = chance.randrange(6)
            known = counted.ledger.get(f"file-{number:04}") or row(number)
            try:
                if known.revision and chance.random() < 0.2:
                    counted.ledger.delete(known)
                    continue
                removed = 1.0 if chance.random() < 0.2 else 0.0
                counted.ledger.put(
                    replace(
                        known,
                        status=chance.choice(STATUSES),
                        removed=removed,
                        size=chance.randrange(9),
                    )
                )
            except StoreConflict:
                continue

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    assert counted.ledger.counts() == counts_of(counted)


# ---------------------------------------------------------------- batches


def batch_of(storage: Storage, store: Store, name: str, rows: int) -> None:
    ids = tuple(f"file-{number:04}" for number in range(rows))
    batch = FileBatch(id=name, created=1.0, vector_store_id=store.id, file_ids=ids)
    storage.catalog.put(batch)


def found(storage: Storage, name: str) -> FileBatch:
    batch = storage.catalog.get(FileBatch, name)
    assert batch is not None
    return batch


def test_a_batch_counts_its_files_once_they_are_settled(storage: Storage) -> None:
    store = new_store(storage)
    batch_of(storage, store, "vsfb_1", 4)
    assert found(storage, "vsfb_1").all_counts == Counts(in_progress=4)
    rows = store.ledger.put_all([row(number, batches=("vsfb_1",)) for number in range(4)])
    assert found(storage, "vsfb_1").all_counts == Counts(in_progress=4)
    done, failed, cancelled, removed = (one for one in rows if isinstance(one, Row))
    done = store.ledger.put(replace(done, status="completed"))
    store.ledger.put_all([replace(failed, status="failed"), replace(cancelled, status="cancelled")])
    assert found(storage, "vsfb_1").all_counts == Counts(1, 1, 1, 1)
    store.ledger.put(replace(removed, removed=1.0))
    assert found(storage, "vsfb_1").all_counts == Counts(0, 1, 1, 2)
    store.ledger.put(replace(done, status="failed"))  # it is not the batch's any more
    assert found(storage, "vsfb_1").all_counts == Counts(0, 1, 1, 2)


def test_a_file_is_counted_by_each_batch_that_has_it(storage: Storage) -> None:
    store = new_store(storage)
    for name in ("vsfb_1", "vsfb_2"):
        batch_of(storage, store, name, 1)
    written = store.ledger.put(row(0, batches=("vsfb_1", "vsfb_2")))
    store.ledger.put(replace(written, status="completed"))
    assert found(storage, "vsfb_1").counts == found(storage, "vsfb_2").counts
    assert found(storage, "vsfb_1").counts == Counts(completed=1)


def test_a_deleted_row_counts_as_cancelled_in_its_batches(storage: Storage) -> None:
    store = new_store(storage)
    batch_of(storage, store, "vsfb_1", 1)
    store.ledger.delete(store.ledger.put(row(0, batches=("vsfb_1",))))
    assert found(storage, "vsfb_1").all_counts == Counts(cancelled=1)


def test_a_batch_that_is_gone_does_not_keep_a_row_from_being_written(storage: Storage) -> None:
    store = new_store(storage)
    batch_of(storage, store, "vsfb_2", 1)
    written = store.ledger.put(row(0, batches=("vsfb_1", "vsfb_2")))
    store.ledger.put(replace(written, status="completed"))
    assert store.ledger.counts() == Counts(completed=1, usage_bytes=10)
    assert found(storage, "vsfb_2").counts == Counts(completed=1)
    assert storage.catalog.get(FileBatch, "vsfb_1") is None


def test_rows_of_many_batches_are_settled_together(storage: Storage) -> None:
    """More than a transaction of DynamoDB takes."""
    store = new_store(storage)
    names = [f"vsfb_{number:03}" for number in range(120)]
    for name in names:
        batch_of(storage, store, name, 1)
    rows = [row(place, batches=tuple(names[place * 5 : place * 5 + 5])) for place in range(24)]
    written = [one for one in store.ledger.put_all(rows) if isinstance(one, Row)]
    store.ledger.put_all([replace(one, status="cancelled") for one in written])
    assert store.ledger.counts() == Counts(cancelled=24)
    assert all(found(storage, name).counts == Counts(cancelled=1) for name in names)


# ---------------------------------------------------------------- stores that are gone


@pytest.mark.parametrize("gone", ["marked", "deleted", "never there"])
def test_a_store_that_is_gone_gets_no_rows(storage: Storage, gone: str) -> None:
    store = storage.store("vs_0") if gone == "never there" else new_store(storage)
    known = store.ledger.put(row(1)) if gone != "never there" else None
    if gone == "marked":
        mark_deleted(storage, store)
    elif gone == "deleted":
        storage.catalog.delete(item_of(storage, store))
    with pytest.raises(StoreGone, match=store.id):
        store.ledger.put(row(2))
    with pytest.raises(StoreGone, match=store.id):
        store.ledger.put_all([row(2), row(3)])
    if known:
        with pytest.raises(StoreGone):
            store.ledger.put(replace(known, status="completed"))
        assert store.ledger.get("file-0001") == known
    assert store.ledger.get_all(["file-0002", "file-0003"]) == {}
