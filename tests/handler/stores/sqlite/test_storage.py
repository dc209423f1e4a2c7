"""The count of chunks is right after every write, also by another process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from handler.settings import SqliteAddress
from handler.stores.catalog import VectorStoreItem
from handler.stores.sqlite.storage import SqliteStorage
from tests.handler.stores.vectors import record
from tests.handler.stores.version_0_1 import old_row, write_old_store
from tests.paths import ROOT

WRITE = """
import sys
from handler.settings import SqliteAddress
from handler.stores import open_source_store
from tests.handler.stores.vectors import record
open_source_store(SqliteAddress(sys.argv[1])).index.upsert([record("b#1#0"), record("b#1#1")])
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "documents.sqlite"


def open_at(path: Path) -> SqliteStorage:
    return SqliteStorage(SqliteAddress(str(path)))


def test_chunks_of_all_stores_are_counted_as_they_come_and_go(path: Path) -> None:
    storage = open_at(path)
    assert storage.count_chunks() == 0
    index = storage.store(storage.source_store_id).index
    index.upsert([record("a#1#0", text="One."), record("a#1#1", text="Two."), record("a#1#2")])
    assert storage.count_chunks() == 3  # the one without a text, too
    index.upsert([record("a#1#0", text="One again."), record("a#2#0", text="One.")])
    assert storage.count_chunks() == 4
    storage.catalog.put(VectorStoreItem(id="vs_1", created=1.0))
    storage.store("vs_1").index.upsert([record("a#1#0", text="One.")])
    assert storage.count_chunks() == 5
    index.delete(["a#1#1", "a#1#2", "a#1#9"])
    assert storage.count_chunks() == 3
    storage.drop_vectors("vs_1")
    assert storage.count_chunks() == 2


def test_chunks_that_another_process_writes_are_counted_at_once(path: Path) -> None:
    storage = open_at(path)
    storage.store(storage.source_store_id).index.upsert([record("a#1#0", text="One.")])
    assert storage.count_chunks() == 1
    subprocess.run([sys.executable, "-c", WRITE, str(path)], cwd=ROOT, check=True)
    assert storage.count_chunks() == 3


def test_chunks_of_an_older_file_and_of_another_language_are_counted(path: Path) -> None:
    write_old_store(path, [old_row("file-1"), old_row("file-2", chunks=3)])
    assert open_at(path).count_chunks() == 5
    assert SqliteStorage(SqliteAddress(str(path), "de")).count_chunks() == 5
