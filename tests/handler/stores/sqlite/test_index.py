"""What is specific to SQLite: files that cannot be used, and files that another process writes.

Each is one sentence that names the file, what is wrong with it, and the cure.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw
import orjson
import pytest

from handler.errors import StoreLocked, UnusableStore
from handler.settings import SqliteAddress
from handler.stores import open_source_store, open_store
from handler.stores.contract import Store
from handler.stores.filters import Comparison
from handler.stores.row import Row
from handler.stores.sqlite.ledger import SqliteLedger
from tests.handler.stores.vectors import NORTH, record, show


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "documents.sqlite"


def open_at(path: Path) -> Store:
    return open_source_store(SqliteAddress(str(path)))


def execute(path: Path, statement: str, *values: Any) -> None:
    connection = apsw.Connection(str(path))
    connection.execute(statement, values)
    connection.close()


def filled(path: Path) -> Path:
    store = open_store(SqliteAddress(str(path)), fingerprint="model-a")
    show(store, *(f"k{number}" for number in range(50)))
    store.index.upsert([record(f"k{number}#0", text="x" * 500) for number in range(50)])
    return path


def not_a_database(path: Path) -> None:
    path.write_text("not a database, but some text\n" * 100)


def a_folder(path: Path) -> None:
    path.mkdir()


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def below_a_file(path: Path) -> None:
    path.parent.rmdir()
    path.parent.write_text("a file where a folder should be")


def a_link_to_itself(path: Path) -> None:
    path.symlink_to(path)


def a_damaged_file(path: Path) -> None:
    """Its header is whole, and its tables are not."""
    content = bytearray(filled(path).read_bytes())
    content[100:] = b"\xff" * (len(content) - 100)
    path.write_bytes(content)


def a_file_without_its_tables(path: Path) -> None:
    execute(filled(path), "DROP TABLE ledger; DROP TABLE space")


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (
            not_a_database,
            "it is not a SQLite database. Move it away, or set VECTOR_STORE to another",
        ),
        (a_folder, "it is a folder. Name a file in it."),
        (a_pipe, "it is not a regular file. Set VECTOR_STORE to one."),
        (below_a_file, "Check the path, or set VECTOR_STORE to another file."),
        (a_link_to_itself, "Too many levels of symbolic links. Check the path"),
        (a_damaged_file, "it is damaged (database disk image is malformed). Move it away and inge"),
        (
            a_file_without_its_tables,
            "it is damaged (no such table: space). Move it away and ingest",
        ),
    ],
)
def test_what_is_no_usable_store_is_refused_and_left_alone(
    tmp_path: Path, make: Callable[[Path], None], reason: str
) -> None:
    path = tmp_path / "folder" / "documents.sqlite"
    path.parent.mkdir()
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(UnusableStore) as raised:
        open_store(SqliteAddress(str(path)), fingerprint="model-a")
    message = raised.value.message
    assert message.startswith(f"The vector store {path} cannot be used: ")
    assert reason in message
    assert "\n" not in message
    if make is not a_file_without_its_tables:
        assert (path.read_bytes() if path.is_file() else None) == before


@pytest.mark.parametrize("place", [0.2, 0.5, 0.9])
def test_a_file_that_is_damaged_in_places_never_raises_anything_else(
    path: Path, place: float
) -> None:
    content = bytearray(filled(path).read_bytes())
    start = int(len(content) * place) & ~4095
    content[start : start + 8192] = b"\xa5" * 8192
    path.write_bytes(content)
    for use in (
        lambda store: store.index.search_vectors(NORTH, limit=100),
        lambda store: store.index.search_text("y", NORTH, limit=100),
        lambda store: store.ledger.rows(limit=100),
        lambda store: store.index.upsert([record(f"k{n}#0", text="y" * 600) for n in range(50)]),
        lambda store: show(store, *(f"k{number}" for number in range(50))),
    ):
        try:
            use(open_at(path))
        except UnusableStore as error:
            assert "is damaged" in error.message


WRONG_VALUES: list[dict[str, Any]] = [
    {"document": 5},
    {"source": None},
    {"status": "done"},
    {"chunks": "7"},
    {"chunks": -1},
    {"written": 1.5},
    {"written": True},
    {"created": "today"},
    {"updated": 1e300},
    {"size": 2**60},
    {"warnings": "none"},
    {"warnings": [1]},
    {"attributes": []},
    {"attributes": {"a": [1]}},
    {"earlier": {"g": "1"}},
    {"current": 1},
    {"revision": None},
]
GOOD = orjson.loads(Row("file-1", "file:///1").to_json())


@pytest.mark.parametrize(
    "row",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"document": "file-1"}',
        *(orjson.dumps({**GOOD, **change}) for change in WRONG_VALUES),
    ],
)
def test_a_malformed_row_is_a_sentence(path: Path, row: bytes) -> None:
    store = open_at(path)
    show(store, "file-1", "file-2")
    execute(path, "UPDATE ledger SET row = ? WHERE document = 'file-1'", row.decode())
    for read in (lambda: store.ledger.get("file-1"), lambda: store.ledger.rows(limit=9)):
        with pytest.raises(UnusableStore, match=r"documents\.sqlite cannot be used: it is damaged"):
            read()
    assert store.ledger.get("file-2") is not None


@pytest.mark.parametrize("column", ["vector = x'00'", "metadata = '{'", "metadata = '[]'"])
def test_a_malformed_record_is_a_sentence(path: Path, column: str) -> None:
    store = open_at(filled(path))
    execute(path, f"UPDATE vectors SET {column} WHERE document = 'k1'")
    for where in (None, Comparison("text", "ne", "y")):
        with pytest.raises(UnusableStore, match="it is damaged"):
            store.index.search_vectors(NORTH, limit=100, where=where)


@pytest.mark.parametrize(
    "statement", ["DELETE FROM text_language", "INSERT INTO text_language VALUES ('fr')"]
)
def test_a_file_that_notes_no_one_language_is_damaged(path: Path, statement: str) -> None:
    store = open_at(filled(path))
    execute(path, statement)
    for use in (
        lambda: store.index.search_text("y", NORTH, limit=9),
        lambda: store.index.upsert([record("k#0")]),
        lambda: open_at(path),
    ):
        with pytest.raises(UnusableStore, match=r"documents\.sqlite cannot be used: it is damaged"):
            use()


@pytest.mark.parametrize("garbage", [b"\0", b"\xff", b"\xa5"])
def test_damaged_words_are_an_error_and_never_other_results(path: Path, garbage: bytes) -> None:
    store = open_at(path)
    show(store, "k")
    store.index.upsert([record(f"k#{n}", text=f"word{n} " * 99 + f"E-{n}") for n in range(300)])
    expected = [match.key for match in store.index.search_text("E7", NORTH, limit=9)]
    execute(path, "PRAGMA wal_checkpoint(TRUNCATE)")
    content = path.read_bytes()
    connection = apsw.Connection(str(path))
    pages = list(connection.execute("SELECT pageno FROM dbstat WHERE name LIKE 'words%'"))
    connection.close()
    found = 0
    for (page,) in pages:
        start = (page - 1) * 4096
        path.write_bytes(content[:start] + garbage * 4096 + content[start + 4096 :])
        try:
            matches = open_at(path).index.search_text("E7", NORTH, limit=9)
            assert [match.key for match in matches] == expected
        except UnusableStore as error:
            assert "documents.sqlite cannot be used: it is damaged" in error.message
            found += 1
    assert found > 2


def test_a_full_disk_is_a_sentence(path: Path) -> None:
    store = open_at(path)
    ledger = store.ledger
    assert isinstance(ledger, SqliteLedger)
    with ledger._database.transaction() as connection:
        connection.execute("PRAGMA max_page_count = 10")
    with pytest.raises(UnusableStore, match=r"documents\.sqlite .*disk is full\. Free some space"):
        store.index.upsert([record(f"k#{number}", text="x" * 3_000) for number in range(20)])
    assert store.index.search_vectors(NORTH, limit=9) == []


def test_a_locked_file_is_waited_for_until_the_deadline(path: Path) -> None:
    store = open_at(path)
    show(store, "k")
    store.index.upsert([record("k#0")])
    holder = apsw.Connection(str(path))
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreLocked, match="another process is writing it"):
        store.index.upsert([record("k#1")], deadline=time.monotonic() + 0.1)
    with pytest.raises(StoreLocked, match="another process is writing it"):
        store.ledger.put(Row("file-1", "file:///1"), deadline=time.monotonic() + 0.1)
    # Readers do not wait.
    assert [match.key for match in store.index.search_vectors(NORTH, limit=9)] == ["k#0"]
    assert open_at(path).ledger.get("k") is not None
    holder.execute("ROLLBACK")
    holder.close()
    store.index.upsert([record("k#1")], deadline=time.monotonic() + 5)
    assert len(store.index.search_vectors(NORTH, limit=9)) == 2
