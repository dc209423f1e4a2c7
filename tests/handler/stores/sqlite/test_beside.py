"""What lies beside a store's file is told from what lies beside others."""

from __future__ import annotations

import io
import os
from pathlib import Path

import apsw
import pytest

from handler.settings import SqliteAddress
from handler.stores.sqlite.beside import belongs_to_store
from handler.stores.sqlite.storage import SqliteStorage
from handler.stores.tasks import Sweep
from tests.handler.stores.version_0_1 import old_row, write_old_store

COMPANIONS = ("-wal", "-shm", "-journal", ".files", ".files/files/file-1", ".files/parts/u/p")


@pytest.mark.parametrize("name", ["documents.sqlite", "notes", "a.db"])
def test_all_that_an_open_store_writes_belongs_to_it(tmp_path: Path, name: str) -> None:
    storage = SqliteStorage(SqliteAddress(str(tmp_path / name)))
    storage.blobs.write("files/file-1", io.BytesIO(b"text"))
    storage.tasks.send([Sweep()])
    written = {path for path in tmp_path.rglob("*") if path.name != name}
    assert {path.name for path in written} == {
        *(f"{name}-wal", f"{name}-shm", f"{name}.files", "files", "file-1")
    }
    assert all(map(belongs_to_store, written))
    assert not belongs_to_store(tmp_path / name)
    assert not belongs_to_store(tmp_path / "documents.files")
    assert not belongs_to_store(tmp_path / "pets.md")


def test_a_store_is_known_by_a_link_to_it(tmp_path: Path) -> None:
    SqliteStorage(SqliteAddress(str(tmp_path / "real.sqlite")))
    (tmp_path / "link.sqlite").symlink_to(tmp_path / "real.sqlite")
    assert belongs_to_store(tmp_path / "link.sqlite.files" / "files" / "file-1")


def test_an_old_store_is_known_as_soon_as_it_is_open(tmp_path: Path) -> None:
    path = tmp_path / "documents.sqlite"
    write_old_store(path, [old_row("file-1")])
    assert not belongs_to_store(tmp_path / "documents.sqlite.files")  # 0.1 had none
    storage = SqliteStorage(SqliteAddress(str(path)))
    assert belongs_to_store(tmp_path / "documents.sqlite.files")
    assert storage.count_chunks() == 2


def _foreign(path: Path) -> None:
    connection = apsw.Connection(str(path))
    connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.close()


@pytest.mark.parametrize(
    "make",
    [
        lambda path: None,
        lambda path: path.write_text("text"),
        lambda path: path.write_bytes(b"SQLite format 3\0"),
        lambda path: path.mkdir(),
        lambda path: path.symlink_to(path),
        os.mkfifo,
        _foreign,
    ],
    ids=["nothing", "text", "cut", "folder", "loop", "pipe", "foreign"],
)
@pytest.mark.parametrize("end", COMPANIONS)
def test_what_is_beside_something_else_does_not(tmp_path: Path, make: object, end: str) -> None:
    assert callable(make)
    make(tmp_path / "a.sqlite")
    assert not belongs_to_store(tmp_path / f"a.sqlite{end}")


@pytest.mark.parametrize(
    "name", [".-wal", "..-wal", "-wal", ".files", "a\0-wal", "a" * 300 + "-wal"]
)
def test_no_name_is_too_odd(tmp_path: Path, name: str) -> None:
    assert not belongs_to_store(tmp_path / name / "a.txt")
