"""What only SQLite has: a file that is none of ours, or that somebody else holds."""

from __future__ import annotations

import time
from pathlib import Path

import apsw
import pytest

from handler.errors import ServiceUnavailable
from handler.settings import SqliteAddress
from handler.stores.contract import Row
from handler.stores.sqlite import open_sqlite
from tests.handler.stores.vectors import NORTH, record


def test_a_file_that_is_no_database_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but text of some length\n" * 100)
    with pytest.raises(ServiceUnavailable, match="notes.txt"):
        open_sqlite(SqliteAddress(str(path)))
    assert path.read_text().startswith("not a database")


def test_a_folder_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(ServiceUnavailable):
        open_sqlite(SqliteAddress(str(tmp_path)))


def test_a_file_that_is_held_is_waited_for_until_the_deadline(tmp_path: Path) -> None:
    path = str(tmp_path / "documents.sqlite")
    store = open_sqlite(SqliteAddress(path))
    store.index.upsert([record("k#0")])
    holder = apsw.Connection(path)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(ServiceUnavailable, match="busy|locked"):
        store.index.upsert([record("k#1")], deadline=time.monotonic() + 0.1)
    with pytest.raises(ServiceUnavailable, match="busy|locked"):
        store.ledger.put(Row("file-1", "file:///1"), deadline=time.monotonic() + 0.1)
    assert [match.key for match in store.index.query(NORTH, limit=9)] == ["k#0"]  # no wait
    holder.execute("ROLLBACK")
    holder.close()
    store.index.upsert([record("k#1")], deadline=time.monotonic() + 5)
    assert len(store.index.query(NORTH, limit=9)) == 2
