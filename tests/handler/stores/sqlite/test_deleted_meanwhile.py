"""What is deleted by one request while another one is using it."""

from __future__ import annotations

import io
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw
import pytest

from handler.settings import SqliteAddress
from handler.stores.contract import VectorIndex
from handler.stores.sqlite.blobs import FolderBlobs
from handler.stores.sqlite.storage import SqliteStorage
from handler.stores.sqlite.tables import StoreTables
from tests.handler.stores.backends import new_store
from tests.handler.stores.vectors import NORTH, record, show

KEY = "file-1#g#0"
READS: dict[str, Callable[[VectorIndex], object]] = {
    "search_vectors": lambda index: index.search_vectors(NORTH, limit=9),
    "search_text": lambda index: index.search_text("pump", NORTH, limit=9),
    "read": lambda index: index.read([KEY]),
    "has_attribute": lambda index: index.has_attribute("team"),
}


@pytest.mark.parametrize("name", READS)
def test_a_store_may_be_deleted_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    storage = SqliteStorage(SqliteAddress(str(tmp_path / "a.sqlite")))
    store = new_store(storage)
    show(store, "file-1", generation="g")
    store.index.upsert([record(KEY, text="pump", team="a")])
    exist, here = StoreTables.exist, threading.current_thread()

    def then_drop(tables: StoreTables, connection: apsw.Connection) -> bool:
        found = exist(tables, connection)
        if threading.current_thread() is here:
            dropping = threading.Thread(target=storage.drop_vectors, args=[store.id])
            dropping.start()
            dropping.join()
        return found

    monkeypatch.setattr(StoreTables, "exist", then_drop)
    assert READS[name](store.index)
    assert not READS[name](store.index)


def test_a_part_is_written_while_the_last_other_one_of_its_upload_is_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs = FolderBlobs(tmp_path)
    blobs.write("parts/upload_1/part_1", io.BytesIO(b"one"))
    make = tempfile.mkstemp

    def after_the_other(**where: Any) -> tuple[int, str]:
        blobs.delete(["parts/upload_1/part_1"])
        return make(**where)

    monkeypatch.setattr(tempfile, "mkstemp", after_the_other)
    assert blobs.write("parts/upload_1/part_2", io.BytesIO(b"two")).size == 3
    assert blobs.read("parts/upload_1/part_2") == b"two"
