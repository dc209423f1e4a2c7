"""What is specific to SQLite: foreign files, and files that another process has locked."""

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


def test_a_file_that_is_not_a_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but some text\n" * 100)
    with pytest.raises(ServiceUnavailable, match=r"notes\.txt"):
        open_sqlite(SqliteAddress(str(path)))
    assert path.read_text().startswith("not a database")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ServiceUnavailable):
        open_sqlite(SqliteAddress(str(tmp_path)))


def test_a_locked_file_is_waited_for_until_the_deadline(tmp_path: Path) -> None:
    path = str(tmp_path / "documents.sqlite")
    store = open_sqlite(SqliteAddress(path))
    store.index.upsert([record("k#0")])
    holder = apsw.Connection(path)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(ServiceUnavailable, match=r"busy|locked"):
        store.index.upsert([record("k#1")], deadline=time.monotonic() + 0.1)
    with pytest.raises(ServiceUnavailable, match=r"busy|locked"):
        store.ledger.put(Row("file-1", "file:///1"), deadline=time.monotonic() + 0.1)
    assert [match.key for match in store.index.query(NORTH, limit=9)] == [
        "k#0"
    ]  # readers do not wait
    holder.execute("ROLLBACK")
    holder.close()
    store.index.upsert([record("k#1")], deadline=time.monotonic() + 5)
    assert len(store.index.query(NORTH, limit=9)) == 2
