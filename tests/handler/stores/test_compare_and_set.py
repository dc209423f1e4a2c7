"""Changes of rows are made again if another writer was faster, and only those that it hindered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handler.errors import StoreConflict
from handler.stores.compare_and_set import TRIES, change_rows
from handler.stores.contract import Store
from handler.stores.row import Row

IDS = ["file-1", "file-2", "file-3"]


@pytest.fixture
def rows(store: Store) -> dict[str, Row]:
    made = [store.ledger.put(Row(one, f"file:///{one}")) for one in IDS]
    return {row.document_id: row for row in made}


def test_a_row_that_another_writer_changed_is_changed_as_it_is_then(
    store: Store, rows: dict[str, Row]
) -> None:
    asked: list[str] = []

    def change(document_id: str, row: Row | None) -> Row:
        assert row is not None
        if document_id == "file-2" and document_id not in asked:
            store.ledger.put(replace(row, etag="of another"))
        asked.append(document_id)
        return replace(row, size=9)

    changed = change_rows(store.ledger, IDS, change)
    assert asked == [*IDS, "file-2"]
    assert changed == store.ledger.get_all(IDS)
    assert {row.size for row in changed.values()} == {9}
    assert changed["file-2"].etag == "of another"
    assert set(changed) == set(IDS)


def test_rows_that_are_not_to_change_are_not_written(store: Store, rows: dict[str, Row]) -> None:
    def change(document_id: str, row: Row | None) -> Row | None:
        return row if document_id == "file-1" else None

    assert change_rows(store.ledger, [*IDS, "file-9"], change) == {"file-1": rows["file-1"]}
    assert store.ledger.get_all([*IDS, "file-9"]) == rows


def test_a_row_that_keeps_changing_is_given_up(store: Store, rows: dict[str, Row]) -> None:
    tries: list[str] = []

    def change(document_id: str, row: Row | None) -> Row:
        assert row is not None
        tries.append(store.ledger.put(replace(row, etag=f"{len(tries)}")).etag)
        return replace(row, size=9)

    with pytest.raises(StoreConflict):
        change_rows(store.ledger, ["file-1"], change)
    assert len(tries) == TRIES
    assert store.ledger.get("file-1") == replace(
        store.ledger.get("file-1") or rows["file-1"], size=0, etag=f"{TRIES - 1}"
    )
