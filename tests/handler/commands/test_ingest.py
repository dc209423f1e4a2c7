"""`minilm ingest` brings a folder's files into the local store, and keeps the two in step."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from errno import EACCES
from pathlib import Path

import pytest

import handler.commands.ingest
from handler.commands.folder_files import files
from handler.documents.sandbox import Sandbox
from handler.ingestion.document_encoder import DocumentEncoder
from handler.ingestion.pipeline import Pipeline
from handler.ingestion.sources.files import FileReader
from handler.objects.configured_storage import ConfiguredStorage
from handler.settings import Settings, SqliteAddress
from handler.stores import open_source_store
from handler.stores.contract import Store
from handler.vector_stores.answers import FileDescriber
from handler.vector_stores.files import StoreFiles
from handler.vector_stores.made_stores import MadeStores
from model_layer import Encoder, load_chunker
from tests.paths import ROOT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "my documents"
    (folder / "sub" / ".git").mkdir(parents=True)
    (folder / "pets.md").write_text("# Pets\n\nCats sleep for most of the day.")
    (folder / "sub" / "50% off & more?.txt").write_text("Everything is half the price today.")
    (folder / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (folder / ".hidden.txt").write_text("hidden")
    (folder / "sub" / ".git" / "config.txt").write_text("hidden")
    return folder


def ingest(*arguments: str | Path, store: Path | str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "VECTOR_STORE": f"sqlite:///{store}"}
    command = [sys.executable, "-m", "handler.commands", "ingest", "--text", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


def statuses(store: Store) -> dict[str, str]:
    return {row.source.rpartition("/")[2]: row.status for row in store.ledger.rows(limit=100)}


def test_a_folder_is_ingested_and_kept_in_step(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "new" / "documents.sqlite"
    first = ingest(folder, store=path)
    assert first.returncode == 0, first.stderr
    assert first.stdout == f"{folder}: 2 ingested, 1 failed; 2 chunks written to documents.\n"
    assert "photo.png: The file seems to be a PNG picture." in first.stderr
    assert len(first.stderr.splitlines()) == 1  # a progress bar is for terminals
    store = open_source_store(SqliteAddress(str(path)))
    assert statuses(store) == {
        "pets.md": "completed",
        "50%25%20off%20%26%20more%3F.txt": "completed",
        "photo.png": "failed",
    }

    (folder / "pets.md").write_text("# Pets\n\nDogs want to go for a walk.")
    (folder / "photo.png").unlink()
    second = ingest(folder, store=path)
    assert second.stdout == (
        f"{folder}: 1 ingested, 1 unchanged, 1 removed; 1 chunks written to documents.\n"
    )
    assert len(statuses(store)) == 2


def test_locks_and_markers_are_left_out(folder: Path) -> None:
    for name in ("~$pets.docx", "_SUCCESS", "Thumbs.db", "desktop.ini", "a.crc"):
        (folder / name).write_text("text")
    names = {path.name for path in files(folder)}
    assert names == {"pets.md", "50% off & more?.txt", "photo.png"}


def test_ingesting_another_folder_keeps_the_documents_of_the_first(
    folder: Path, tmp_path: Path
) -> None:
    path = tmp_path / "documents.sqlite"
    other = tmp_path / "my documents" / "sub2"  # its name begins like the first one's
    other.mkdir()
    (other / "a.txt").write_text("Another one.")
    ingest(other, store=path)
    assert "1 ingested;" in ingest(folder / "sub", store=path).stdout
    assert len(statuses(open_source_store(SqliteAddress(str(path))))) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Name the folder: minilm ingest FOLDER"),
        ([""], "Name the folder: minilm ingest FOLDER"),
        (["--", ""], "Name the folder: minilm ingest FOLDER"),
        (["/no/such/folder"], "/no/such/folder is not a folder."),
        (["/no/\x1b[31m\n"], "/no/\\x1b[31m\\n is not a folder."),
        ([str(Path(__file__))], f"{Path(__file__)} is not a folder."),
        (["/" + "a" * 300], f"/{'a' * 199} is not a folder: File name too long."),
    ],
)
def test_a_missing_folder_is_explained_in_a_line(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)  # where the store is
    assert handler.commands.ingest.main(arguments) == (2 if message.startswith("Name") else 1)
    said = capsys.readouterr()
    assert (said.err.strip(), said.out) == (message, "")


def test_a_file_is_no_folder_even_if_it_was_ingested(folder: Path, tmp_path: Path) -> None:
    store = tmp_path / "documents.sqlite"
    ingest(folder, store=store)
    again = ingest(folder / "pets.md", store=store)
    assert (again.returncode, again.stderr) == (1, f"{folder / 'pets.md'} is not a folder.\n")


def test_a_link_to_nothing_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    ended = ingest(tmp_path / "link", store=tmp_path / "documents.sqlite")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == f"{tmp_path / 'gone'} is not a folder.\n"


def test_a_tilde_means_the_home_folder(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert "2 ingested, 1 failed" in ingest("~/my documents", store=tmp_path / "a.sqlite").stdout


def test_a_store_of_another_model_is_refused_with_the_cure(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "documents.sqlite"
    open_source_store(SqliteAddress(str(path))).ledger.bind("another-model")
    done = ingest(folder, store=path)
    assert done.returncode == 1
    assert "holds vectors of another-model" in done.stderr
    assert "Set VECTOR_STORE to a new store" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_store_that_cannot_be_used_is_one_sentence(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "documents.sqlite"
    path.write_bytes(b"no database, and long enough to be seen to be none " * 50)
    done = ingest(folder, store=path)
    assert done.returncode == 1
    assert done.stderr.startswith(f"The vector store {path} cannot be used: it is not a SQLite")
    assert done.stderr.count("\n") == 1


def test_the_files_of_the_store_are_not_ingested(tmp_path: Path) -> None:
    (tmp_path / "pets.md").write_text("Cats sleep for most of the day.")
    path = tmp_path / "documents.sqlite"
    assert "1 ingested; 1 chunks" in ingest(tmp_path, store=path).stdout
    store = open_source_store(SqliteAddress(str(path)))
    assert len(statuses(store)) == 1  # an open store has more files
    assert len(list(tmp_path.glob("documents.sqlite*"))) == 3
    assert "1 unchanged; 0 chunks" in ingest(tmp_path, store=path).stdout


def test_a_store_that_is_a_link_is_not_ingested(tmp_path: Path) -> None:
    folder, data = tmp_path / "docs", tmp_path / "data"
    folder.mkdir()
    data.mkdir()
    (folder / "pets.md").write_text("Cats sleep for most of the day.")
    store = open_source_store(SqliteAddress(str(data / "real.sqlite")))
    (folder / "documents.sqlite").symlink_to(data / "real.sqlite")
    (tmp_path / "same").symlink_to(folder)
    done = ingest(folder, store=tmp_path / "same" / "documents.sqlite")
    assert "1 ingested; 1 chunks" in done.stdout
    assert len(statuses(store)) == 1


def test_a_file_whose_name_is_not_utf_8_is_ingested(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    try:
        (folder / os.fsdecode(b"caf\xe9.txt")).write_text("Coffee is served at nine.")
    except OSError:  # macOS
        pytest.skip("this file system does not allow such names")
    assert "1 ingested;" in ingest(folder, store=tmp_path / "documents.sqlite").stdout


def test_links_to_files_are_followed_and_those_to_nothing_left_out(tmp_path: Path) -> None:
    folder = tmp_path / "links"
    folder.mkdir()
    (tmp_path / "pets.md").write_text("Cats sleep for most of the day.")
    (folder / "a.md").symlink_to(tmp_path / "pets.md")
    (folder / "b.md").symlink_to(tmp_path / "none.md")
    (folder / "c.md").symlink_to(folder / "c.md")  # to itself
    (folder / "d").symlink_to(folder)
    done = ingest(folder, store=tmp_path / "documents.sqlite")
    assert done.returncode == 0
    assert "1 ingested; 1 chunks" in done.stdout


def test_a_folder_that_cannot_be_listed_is_reported(
    tmp_path: Path,
    encoder: Encoder,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    errors: list[OSError] = []
    assert list(files(tmp_path / "gone", errors.append)) == []
    assert [error.filename for error in errors] == [str(tmp_path / "gone")]

    def closed(folder: Path, onerror: Callable[[OSError], None]) -> list[Path]:
        onerror(PermissionError(EACCES, "Permission denied", f"{folder}/private"))
        return []

    monkeypatch.setattr("handler.commands.ingest.files", closed)  # the tests may run as root
    store = open_source_store(SqliteAddress(str(tmp_path / "documents.sqlite")))
    chunker = load_chunker(encoder.tokenizer, max_tokens=256)
    pipeline = Pipeline(FileReader(), store, DocumentEncoder(encoder, chunker, Sandbox().extract))
    assert handler.commands.ingest.ingest(tmp_path, pipeline, Settings(), threads=1) == 1
    output = capsys.readouterr()
    assert f"{tmp_path}/private cannot be listed: Permission denied." in output.err
    assert "1 to be tried again" in output.out


def test_ingested_files_are_listed_by_name(folder: Path, tmp_path: Path, encoder: Encoder) -> None:
    path = tmp_path / "documents.sqlite"
    ingest(folder, store=path)
    fingerprint = encoder.bundle.fingerprint
    store = ConfiguredStorage(SqliteAddress(str(path)), fingerprint=fingerprint)
    describe = FileDescriber(max_tokens=256, overlap=32)
    listed = StoreFiles(store, MadeStores(store), describe, max_tokens=256).page("documents", {})
    names = {file.filename for file in listed.data}
    assert names == {"pets.md", "photo.png", "50% off & more?.txt"}


def test_hidden_files_and_folders_are_skipped(folder: Path) -> None:
    assert [str(path.relative_to(folder)) for path in files(folder)] == [
        "pets.md",
        "photo.png",
        "sub/50% off & more?.txt",
    ]


def test_what_was_not_read_of_a_file_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "page.html").write_text("<p>The library opens at nine.</p><iframe src=x></iframe>")
    store = tmp_path / "documents.sqlite"
    done = ingest(folder, store=store)
    assert "1 ingested;" in done.stdout
    assert "page.html: warning: " in done.stderr
    (row,) = open_source_store(SqliteAddress(str(store))).ledger.rows(limit=10)
    assert f"page.html: warning: {row.warnings[0]}" in done.stderr
    assert "warning" not in ingest(folder, store=store).stderr  # nothing was read again


def test_the_result_can_be_an_object(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = tmp_path / "store.sqlite"
    assert handler.commands.ingest.main([str(folder), "--store", str(store)]) == 0
    result = json.loads(capsys.readouterr().out)
    (remark,) = result.pop("remarks")
    assert remark["file"] == "photo.png"
    assert remark["message"].startswith("The file seems to be a PNG picture.")
    assert result == {
        "folder": str(folder),
        "vector_store": "store",
        "chunks": 2,
        "documents": {"ingested": 2, "failed": 1},
    }
