"""The contract of storages (handler/stores/contract.py): several stores beside each other."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from handler.errors import StoreGone
from handler.settings import StoreAddress
from handler.stores import open_storage
from handler.stores.contract import NoTextIndex, Storage, Store
from handler.stores.filters import Comparison
from handler.stores.row import Row
from tests.handler.stores.backends import item_of, mark_deleted, new_store
from tests.handler.stores.vectors import NORTH, record, show

KEY = "file-1#g#0"


def stores_of(storage: Storage) -> list[Store]:
    """That of the bucket or folder, and two that were made through the API."""
    return [storage.store(storage.source_store_id), new_store(storage), new_store(storage)]


def write(store: Store, score: float = 1.0, text: str = "pump") -> None:
    show(store, "file-1", generation="g")
    store.index.upsert([record(KEY, score, text=text, team="a")])


def found(store: Store) -> list[str]:
    return [match.key for match in store.index.search_vectors(NORTH, limit=9)]


def by_words(store: Store, query: str) -> list[str]:
    return [match.key for match in store.index.search_text(query, NORTH, limit=9)]


def test_stores_do_not_see_each_others_vectors_words_and_rows(storage: Storage) -> None:
    texts = ["pump", "valve", "lamp"]
    stores = stores_of(storage)
    for place, (store, text) in enumerate(zip(stores, texts, strict=True)):
        write(store, score=1 - place / 10, text=text)
    for place, (store, text) in enumerate(zip(stores, texts, strict=True)):
        (match,) = store.index.search_vectors(NORTH, limit=9)
        assert match.cosine == pytest.approx(1 - place / 10, abs=1e-6)
        assert [by_words(store, one) for one in texts] == [
            [KEY] if one == text else [] for one in texts
        ]
        (row,) = store.ledger.rows(limit=9)
        (kept,) = store.index.read([KEY])
        assert kept.metadata["text"] == text
        assert store.ledger.page(limit=9) == [row]
    stores[1].index.delete([KEY])
    row = stores[1].ledger.rows(limit=9)[0]
    stores[1].ledger.put(replace(row, removed=5.0, current=None))
    assert [found(store) for store in stores] == [[KEY], [], [KEY]]
    assert [len(store.ledger.page(limit=9)) for store in stores] == [1, 0, 1]
    assert [len(store.ledger.removed(before=9e9, limit=9)) for store in stores] == [0, 1, 0]


def test_a_store_that_nothing_was_written_to_finds_nothing(storage: Storage) -> None:
    store = new_store(storage)
    show(store, "file-1", generation="g")
    assert found(store) == []
    assert by_words(store, "pump") == []
    assert by_words(store, "") == []
    assert store.index.read([KEY]) == []
    assert not store.index.has_attribute("team")
    where = Comparison("team", "eq", "a")
    assert store.index.search_vectors(NORTH, limit=9, where=where) == []
    store.index.delete([KEY])


def test_a_store_is_found_again_after_a_restart(storage: Storage, address: StoreAddress) -> None:
    store = new_store(storage)
    write(store)
    again = open_storage(address).store(store.id)
    assert found(again) == by_words(again, "pump") == [KEY]
    assert again.index.has_attribute("team")


def test_a_filter_holds_in_a_store_that_was_made_through_the_api(storage: Storage) -> None:
    store = new_store(storage)
    write(store)
    index = store.index
    for team, expected in (("a", [KEY]), ("b", [])):
        matches = index.search_vectors(NORTH, limit=9, where=Comparison("team", "eq", team))
        assert [match.key for match in matches] == expected


def test_dropped_vectors_are_gone_and_those_of_other_stores_are_not(storage: Storage) -> None:
    source, one, other = stores_of(storage)
    for store in (source, one, other):
        write(store)
    storage.drop_vectors(one.id)
    storage.drop_vectors(one.id)
    assert [found(store) for store in (source, one, other)] == [[KEY], [], [KEY]]
    assert by_words(one, "pump") == []
    write(one, text="again")
    assert by_words(one, "again") == [KEY]
    assert by_words(one, "pump") == []


def test_a_store_that_is_gone_gets_no_index(storage: Storage) -> None:
    for store in (new_store(storage), storage.store("vs_0")):
        if store.id != "vs_0":
            mark_deleted(storage, store)
        with pytest.raises(StoreGone, match=store.id):
            store.index.upsert([record(KEY)])
        storage.drop_vectors(store.id)
        assert store.index.read([KEY]) == []


def test_dropped_rows_are_gone_and_those_of_other_stores_are_not(storage: Storage) -> None:
    source, one, other = stores_of(storage)
    rows = [Row(f"file-{number:03}", "upload://a/a") for number in range(60)]
    for store in (source, one, other):
        store.ledger.put_all(rows)
    mark_deleted(storage, one)
    assert storage.drop_rows(one.id)
    assert storage.drop_rows(one.id)
    assert [len(store.ledger.rows(limit=99)) for store in (source, one, other)] == [60, 0, 60]
    assert one.ledger.page(limit=99) == []
    assert one.id not in storage.catalog.stores_with("file-001")
    assert other.ledger.counts() == source.ledger.counts()
    storage.catalog.delete(item_of(storage, one))
    with pytest.raises(StoreGone):
        one.ledger.put(rows[0])


def test_rows_are_dropped_until_the_time_is_up_and_the_rest_later(storage: Storage) -> None:
    store = new_store(storage)
    store.ledger.put(Row("file-1", "upload://a/a"))
    mark_deleted(storage, store)
    while not storage.drop_rows(store.id, deadline=time.monotonic() + 5):
        pass
    assert store.ledger.rows(limit=9) == []


def test_words_can_be_searched_as_soon_as_there_are_any(storage: Storage) -> None:
    store = new_store(storage)
    assert by_words(store, "pump") == []
    write(store)
    try:
        assert by_words(store, "pumps") == [KEY]
    except NoTextIndex as error:
        pytest.fail(str(error))
