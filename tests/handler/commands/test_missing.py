"""What leaves the store when its file is gone, and what only with --remove."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from handler.commands import ingest
from handler.commands.folder_files import topmost_gone
from handler.ingestion.document_encoder import DocumentEncoder
from handler.ingestion.pipeline import Pipeline
from handler.ingestion.sources.files import FileReader
from handler.settings import Settings, SqliteAddress
from handler.stores import open_source_store
from handler.stores.contract import Store
from model_layer import Encoder, load_chunker
from tests.handler.ingestion.bucket import extract, found

Run = Callable[..., int]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_source_store(SqliteAddress(str(tmp_path / "documents.sqlite")))


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    (folder / "sub").mkdir(parents=True)
    (folder / "cats.txt").write_text("Cats sleep.")
    (folder / "dogs.txt").write_text("Dogs bark.")
    (folder / "sub" / "birds.txt").write_text("Birds sing.")
    return folder


@pytest.fixture
def run(store: Store, encoder: Encoder) -> Run:
    chunker = load_chunker(encoder.tokenizer, max_tokens=256)
    pipeline = Pipeline(FileReader(), store, DocumentEncoder(encoder, chunker, extract))

    def run(folder: Path, *, remove: bool = False, store: str | None = None) -> int:
        return ingest.ingest(folder, pipeline, Settings(), threads=1, remove=remove, store=store)

    return run


def names(store: Store) -> list[str]:
    return sorted(row.source.rpartition("/")[2] for row in store.ledger.rows(limit=100))


def empty(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()


def remove(folder: Path) -> None:
    empty(folder)
    folder.rmdir()


@pytest.mark.parametrize("unmount", [empty, remove])
def test_a_folder_whose_documents_are_all_gone_is_refused_unless_told(
    unmount: Callable[[Path], object],
    docs: Path,
    run: Run,
    store: Store,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(docs) == 0
    unmount(docs)
    capsys.readouterr()
    assert run(docs) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "nothing was done, because all of its 3 documents are gone" in err
    assert f"minilm ingest --remove {docs}" in err
    assert len(names(store)) == 3
    assert run(docs, remove=True) == 0
    assert "3 removed; 0 chunks" in capsys.readouterr().out
    assert names(store) == []
    assert run(docs, remove=True) == 0  # nothing is left to do


def test_other_files_in_the_place_of_all_documents_are_another_disk(
    docs: Path, run: Run, store: Store
) -> None:
    run(docs)
    empty(docs)
    (docs / "other.txt").write_text("Another disk.")
    assert run(docs) == 1
    assert len(names(store)) == 3
    assert run(docs, remove=True) == 0
    assert names(store) == ["other.txt"]


def test_documents_that_go_one_by_one_are_removed(docs: Path, run: Run, store: Store) -> None:
    run(docs)
    (docs / "cats.txt").unlink()
    (docs / "sub" / "birds.txt").unlink()
    assert run(docs) == 0
    assert names(store) == ["dogs.txt"]
    (docs / "dogs.txt").unlink()
    (docs / "new.txt").write_text("The last one is replaced.")
    assert run(docs) == 0
    assert names(store) == ["new.txt"]


def test_documents_that_move_within_the_folder_are_not_taken_for_gone(
    docs: Path, run: Run, store: Store
) -> None:
    run(docs)
    (docs / "all").mkdir()
    for path in (docs / "cats.txt", docs / "dogs.txt", docs / "sub"):
        path.rename(docs / "all" / path.name)
    assert run(docs) == 0
    assert len(names(store)) == 3
    assert len({row.source for row in store.ledger.rows(limit=9) if "/all/" in row.source}) == 3


def test_a_folder_that_moved_leaves_no_doubles(
    docs: Path, run: Run, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    run(docs)
    papers = docs.rename(docs.with_name("papers"))
    (papers / "cats.txt").write_text("Cats sleep on sofas.")  # changed after the move
    capsys.readouterr()
    assert run(papers) == 0
    out, err = capsys.readouterr()
    assert "3 ingested, 2 removed; 3 chunks" in out
    assert f"{docs} is gone, and 1 document is still in the store." in err
    assert f"minilm ingest --remove {docs}" in err
    assert found(store, (docs / "dogs.txt").as_uri()) == []
    assert run(docs, remove=True) == 0
    assert names(store) == ["birds.txt", "cats.txt", "dogs.txt"]


def test_the_documents_of_another_folder_that_is_there_stay(
    docs: Path, run: Run, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = docs.with_name("copy")
    copy.mkdir()
    (copy / "cats.txt").write_text("Cats sleep.")
    run(docs)
    run(copy)
    assert len(names(store)) == 4
    assert "gone" not in capsys.readouterr().err


def test_what_a_file_has_become_makes_its_chunks_leave(
    docs: Path, run: Run, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    run(docs)
    empty(docs / "sub")
    (docs / "cats.txt").unlink()
    (docs / "cats.txt").mkdir()
    (docs / "dogs.txt").unlink()
    os.mkfifo(docs / "dogs.txt")
    (docs / "sub" / "birds.txt").symlink_to(docs / "sub" / "birds.txt")
    assert run(docs) == 0
    assert "3 removed; 0 chunks" in capsys.readouterr().out
    assert names(store) == []


def test_what_is_below_a_folder_that_cannot_be_listed_stays(
    docs: Path,
    run: Run,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(docs)

    def closed(folder: Path, onerror: Callable[[OSError], None]) -> list[Path]:
        onerror(PermissionError(13, "Permission denied", f"{folder}/sub"))
        return [folder / "dogs.txt"]

    empty(docs / "sub")
    (docs / "cats.txt").unlink()
    monkeypatch.setattr(ingest, "files", closed)  # the tests may run as root
    assert run(docs) == 1
    assert "1 to be tried again, 1 unchanged, 1 removed" in capsys.readouterr().out
    assert names(store) == ["birds.txt", "dogs.txt"]


def test_a_folder_that_never_was_is_named(
    tmp_path: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path / "do\ncs") == 1
    assert capsys.readouterr().err == f"{tmp_path}/do\\ncs is not a folder.\n"


def test_the_commands_that_are_suggested_name_the_same_store(
    docs: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    run(docs)
    remove(docs)
    other = docs.with_name("other")
    other.mkdir()
    capsys.readouterr()
    assert run(docs, store="my papers.sqlite") == 1
    assert run(other, store="my papers.sqlite") == 0
    command = f"minilm ingest --remove --store 'my papers.sqlite' {docs}"
    assert capsys.readouterr().err.count(f": {command}\n") == 2


def test_the_topmost_folder_that_is_gone_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    assert topmost_gone((tmp_path / "a" / "b" / "c.txt").as_uri()) == tmp_path / "a" / "b"
    assert topmost_gone((tmp_path / "a" / "c.txt").as_uri()) == tmp_path / "a" / "c.txt"
