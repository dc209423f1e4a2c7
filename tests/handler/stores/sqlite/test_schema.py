"""A store's file has a schema version: older files are brought to this one, others are refused."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from handler.errors import UnusableStore
from handler.settings import SqliteAddress, TextLanguage
from handler.stores import open_source_store, open_storage
from handler.stores.catalog import VectorStoreItem
from handler.stores.contract import Store
from handler.stores.counts import Counts
from handler.stores.sqlite import words as sqlite_words
from handler.stores.sqlite.schema import APPLICATION_ID, VERSION
from handler.stores.tasks import Sweep
from tests.handler.stores.older_schemas import bring_down
from tests.handler.stores.vectors import NORTH, record, show
from tests.handler.stores.version_0_1 import REVISION, old_row, write_old_store
from tests.paths import ROOT


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "documents.sqlite"


def open_at(path: Path, language: TextLanguage = "en") -> Store:
    return open_source_store(SqliteAddress(str(path), language))


def keys(store: Store) -> list[str]:
    return [match.key for match in store.index.search_vectors(NORTH, limit=100)]


def by_words(store: Store, query: str) -> list[str]:
    return [match.key for match in store.index.search_text(query, NORTH, limit=100)]


def set_version(path: Path, *, version: int, application: int = APPLICATION_ID) -> None:
    connection = apsw.Connection(str(path))
    connection.execute(f"PRAGMA user_version = {version}; PRAGMA application_id = {application}")
    connection.close()


def test_a_new_file_says_that_it_is_ours_and_of_which_version(path: Path) -> None:
    open_at(path)
    connection = apsw.Connection(str(path))
    assert connection.pragma("user_version") == VERSION
    assert connection.pragma("application_id") == APPLICATION_ID
    assert connection.pragma("journal_mode") == "wal"
    connection.close()


def test_a_store_of_version_0_1_goes_on_working(path: Path) -> None:
    rows = [
        old_row("file-1"),
        old_row("file-2", status="failed", chunks=0, written=0, error_code="invalid_file"),
        old_row("file-3", status="in_progress", written=1),
    ]
    write_old_store(path, rows)
    store = open_at(path)
    # What is half written is not shown, as it may have chunks of two contents.
    assert keys(store) == ["file-1#0", "file-1#1"]
    (first, *_) = store.index.search_vectors(NORTH, limit=1)
    assert first.metadata == {"text": "file-1 0"}
    assert by_words(store, "file1") == ["file-1#0", "file-1#1"]
    assert store.ledger.bind("model-b") == "model-a"
    assert [row.status for row in store.ledger.rows(limit=9)] == [
        *("completed", "failed", "in_progress")
    ]
    row = store.ledger.get("file-1")
    assert row is not None
    assert (row.revision, row.generation, row.current, row.earlier) == (REVISION, "", "", {})
    assert (row.chunks, row.attributes) == (2, {"team": "support"})
    store.ledger.put(replace(row, size=11))
    store.index.delete(["file-1#1"])
    assert keys(open_at(path)) == by_words(open_at(path), "file1") == ["file-1#0"]


def test_the_files_of_an_old_store_are_counted_at_once(path: Path) -> None:
    rows = [
        old_row("file-1", size=100),
        old_row("file-2", status="failed", chunks=0, written=0, size=7),
        old_row("file-3", status="in_progress", written=1, size=8),
        old_row("file-4", size=20),
    ]
    write_old_store(path, rows)
    store = open_at(path)
    assert store.ledger.counts() == Counts(
        in_progress=1, completed=2, failed=1, cancelled=0, usage_bytes=120
    )
    row = store.ledger.get("file-1")
    assert row is not None
    store.ledger.delete(store.ledger.put(replace(row, size=50)))
    assert store.ledger.counts() == Counts(in_progress=1, completed=1, failed=1, usage_bytes=20)
    assert [row.document_id for row in store.ledger.page(limit=9)] == ["file-2", "file-3", "file-4"]


@pytest.mark.parametrize("schema", [1, 2])
def test_a_file_of_a_schema_between_goes_on_working(path: Path, schema: int) -> None:
    filled(path)
    bring_down(path, schema=schema)
    storage = open_storage(SqliteAddress(str(path)))
    store = storage.store(storage.source_store_id)
    assert by_words(store, "E2041 runs") == ["k#1", "k#0"]
    assert store.ledger.counts().completed == 1
    storage.tasks.send([Sweep()])
    item = VectorStoreItem(id="vs_1", created=1.0)
    assert storage.catalog.put(item) == storage.catalog.get(VectorStoreItem, "vs_1")


def test_several_processes_bring_an_old_file_to_this_version_at_once(path: Path) -> None:
    write_old_store(path, [old_row(f"file-{number}", chunks=50) for number in range(40)])
    code = (
        "import sys\nfrom handler.settings import SqliteAddress\n"
        "from handler.stores import open_source_store\n"
        "sys.stdin.read(1)\nopen_source_store(SqliteAddress(sys.argv[1]))\n"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(path)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(b"x")
        process.stdin.flush()
    errors = [process.communicate()[1] for process in processes]
    assert errors == [b"", b""]
    store = open_at(path)
    assert len(keys(store)) == len(by_words(store, "file")) == 100
    assert len(store.ledger.rows(limit=100)) == 40


def test_a_file_of_a_newer_version_is_refused_and_left_alone(path: Path) -> None:
    open_at(path).index.upsert([record("k#0")])
    set_version(path, version=VERSION + 6)
    with pytest.raises(
        UnusableStore, match=r"documents\.sqlite cannot be used: it was written by a newer version"
    ) as raised:
        open_at(path)
    assert f"its schema is {VERSION + 6}, the newest known here {VERSION}" in raised.value.message
    assert "Update the program" in raised.value.message


@pytest.mark.parametrize("marked", [False, True], ids=["unmarked", "marked"])
def test_a_database_of_another_program_is_refused_and_left_alone(path: Path, marked: bool) -> None:
    connection = apsw.Connection(str(path))
    connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.close()
    if marked:
        set_version(path, version=42, application=0x12345678)
    before = path.read_bytes()
    with pytest.raises(UnusableStore, match=r"of another program\. Set VECTOR_STORE"):
        open_at(path)
    assert path.read_bytes() == before


def test_a_step_to_this_version_that_fails_leaves_the_old_file(path: Path) -> None:
    write_old_store(path, [old_row("file-1")])
    connection = apsw.Connection(str(path))
    connection.execute("CREATE TABLE vectors_0_1 (in_the_way)")
    connection.close()
    with pytest.raises(UnusableStore, match="already another table"):
        open_at(path)
    connection = apsw.Connection(str(path))
    assert connection.pragma("user_version") == 0
    connection.execute("DROP TABLE vectors_0_1")
    connection.close()
    assert keys(open_at(path)) == ["file-1#0", "file-1#1"]


def filled(path: Path) -> Path:
    store = open_at(path)
    show(store, "k")
    store.index.upsert(
        [
            record("k#0", text="Häuser", heading="E-2041"),
            record("k#1", text="running"),
            record("k#2"),
        ]
    )
    return path


def test_a_file_without_words_gets_them_once(path: Path) -> None:
    bring_down(filled(path), schema=1)
    assert by_words(open_at(path), "E2041 runs") == ["k#1", "k#0"]
    execute(path, "UPDATE text_language SET language = 'en'; DELETE FROM words WHERE rowid = 2")
    assert by_words(open_at(path), "E2041 runs") == ["k#0"]


def test_another_language_indexes_the_words_again(path: Path) -> None:
    english = open_at(filled(path))
    assert by_words(english, "runs") == ["k#1"]
    assert by_words(english, "hauses") == []
    german = open_at(path, "de")
    # The store that was opened before searches and writes by what the file says now.
    for store in (german, english):
        assert by_words(store, "runs") == []
        assert by_words(store, "hauses") == ["k#0"]
        store.index.upsert([record("k#2", text="Bäume")])
        assert by_words(store, "Baum") == ["k#2"]


def test_a_step_to_the_words_that_fails_leaves_the_old_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_down(filled(path), schema=1)

    def stop(text: str, language: TextLanguage) -> list[str]:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(sqlite_words, "terms", stop)
        with pytest.raises(KeyboardInterrupt):
            open_at(path)
    connection = apsw.Connection(str(path))
    assert connection.pragma("user_version") == 1
    connection.close()
    assert by_words(open_at(path), "runs") == ["k#1"]


def test_a_long_step_says_how_far_it_is(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bring_down(filled(path), schema=1)
    open_at(path)
    assert capsys.readouterr().err == ""
    bring_down(path, schema=1)
    monkeypatch.setattr(sqlite_words, "PROGRESS_SECONDS", -1)
    monkeypatch.setattr(sqlite_words, "BATCH", 2)
    assert by_words(open_at(path), "runs") == ["k#1"]
    assert capsys.readouterr().err == (
        "Indexing the words of the store: 2 of 3 chunks.\n"
        "Indexing the words of the store: 3 of 3 chunks.\n"
    )


def test_a_damaged_record_keeps_the_others_from_nothing(path: Path) -> None:
    bring_down(filled(path), schema=1)
    execute(path, "UPDATE vectors SET metadata = '{' WHERE chunk = 0")
    assert by_words(open_at(path), "runs E2041") == ["k#1"]


def execute(path: Path, statements: str) -> None:
    connection = apsw.Connection(str(path))
    connection.execute(statements)
    connection.close()
