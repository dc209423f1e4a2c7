"""What is deleted by one request while another one is using it."""

from __future__ import annotations

import io
import os
import tempfile
import threading
import time
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


def test_an_upload_may_be_cancelled_while_a_part_of_it_is_written(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)

    class Cancelling(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            blobs.delete(blobs.keys("parts/upload_1/", before=time.time() + 86_400))
            return super().read(size)

    assert blobs.write("parts/upload_1/part_1", Cancelling(b"one")).size == 3
    assert blobs.read("parts/upload_1/part_1") == b"one"


def test_what_a_killed_server_was_writing_is_deleted_a_day_later(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    blobs.write("files/file-1", io.BytesIO(b"whole"))
    for name, age in (("old.part", 2 * 86_400), ("new.part", 60)):
        (tmp_path / "files" / name).write_bytes(b"unfinished")
        os.utime(tmp_path / "files" / name, (time.time() - age, time.time() - age))
    assert list(blobs.keys("files/", before=time.time() + 60)) == ["files/file-1"]
    assert sorted(path.name for path in (tmp_path / "files").iterdir()) == ["file-1", "new.part"]


def test_other_folders_may_go_while_the_keys_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs, scan = FolderBlobs(tmp_path), os.scandir
    for number in range(3):
        blobs.write(f"parts/upload_{number}/part_1", io.BytesIO(b"x"))

    def after_the_others(place: Any) -> Any:
        if Path(place).name == "upload_1":
            blobs.delete(["parts/upload_1/part_1"])
        return scan(place)

    monkeypatch.setattr(os, "scandir", after_the_others)
    found = list(blobs.keys("parts/", before=time.time() + 60))
    assert found == ["parts/upload_0/part_1", "parts/upload_2/part_1"]
