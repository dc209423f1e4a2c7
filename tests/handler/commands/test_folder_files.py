"""What belongs to a vector store is no document, wherever the store lies."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from handler.commands import ingest
from handler.commands.folder_files import files, files_of
from handler.settings import SqliteAddress
from handler.stores import open_source_store
from handler.stores.sqlite.storage import SqliteStorage


def make_store(path: Path) -> SqliteStorage:
    """A store with uploaded files, and one that is uploaded in parts."""
    storage = SqliteStorage(SqliteAddress(str(path)))
    storage.blobs.write("files/file-1", io.BytesIO(b"Dogs want to go for a walk."))
    storage.blobs.write("parts/upload_1/part_1", io.BytesIO(b"Half of a text."))
    return storage


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a document, and a store that is open."""
    folder = tmp_path / "docs"
    (folder / "old").mkdir(parents=True)
    (folder / "pets.md").write_text("Cats sleep for most of the day.")
    (folder / "notes.files").mkdir()
    (folder / "notes.files" / "a.md").write_text("Not beside a store.")
    return folder


def names(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in files(folder)]


def test_the_file_of_another_store_is_all_that_is_seen_of_it(folder: Path) -> None:
    stores = [make_store(folder / "documents.sqlite"), make_store(folder / "old" / "notes.db")]
    assert names(folder) == ["documents.sqlite", "pets.md", "notes.files/a.md", "old/notes.db"]
    assert names(folder / "documents.sqlite.files") == []
    assert names(folder / "documents.sqlite.files" / "files") == []
    assert [store.count_chunks() for store in stores] == [0, 0]  # they are open until here


def test_nothing_is_seen_of_the_own_store(folder: Path) -> None:
    path = folder / "documents.sqlite"
    store = make_store(path)
    own = files_of(SqliteAddress(str(path)))
    seen = [path for path in files(folder) if path not in own]
    assert seen == [folder / "pets.md", folder / "notes.files" / "a.md"]
    assert store.count_chunks() == 0


def test_uploaded_files_are_never_ingested_from_a_folder(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(store: Path) -> dict[str, int]:
        assert ingest.main([str(folder), "--json", "--store", str(store)]) == 0
        documents: dict[str, int] = json.loads(capsys.readouterr().out)["documents"]
        return documents

    own, other, away = folder / "own.sqlite", tmp_path / "other.sqlite", tmp_path / "own.sqlite"
    make_store(own)
    assert run(own) == {"ingested": 2}
    assert run(other) == {"ingested": 2, "failed": 1}
    own.rename(away)  # without its folder, which is then one like others
    assert run(other) == {"ingested": 2, "unchanged": 2, "removed": 1}
    away.rename(own)
    assert run(other) == {"removed": 2, "unchanged": 2, "failed": 1}
    rows = open_source_store(SqliteAddress(str(other))).ledger.rows(limit=10)
    kept = {row.source for row in rows if row.status == "completed"}
    assert kept == {(folder / name).as_uri() for name in ("pets.md", "notes.files/a.md")}
