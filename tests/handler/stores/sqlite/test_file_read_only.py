"""A store that may not be written can be searched and listed; writing it says what is missing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from handler.settings import SqliteAddress
from handler.stores import open_source_store, open_store
from handler.stores.contract import Store
from handler.stores.row import Row
from tests.handler.stores.older_schemas import bring_down
from tests.handler.stores.vectors import record, show
from tests.handler.stores.version_0_1 import old_row, write_old_store
from tests.other_user import AnotherUser, shared_folder, write_protected

IMPORTS = """
import json, sys
from handler.errors import UnusableStore
from handler.settings import SqliteAddress
from handler.stores import open_store
from handler.stores.row import Row
from handler.stores import open_source_store
from handler.stores.sqlite.storage import SqliteStorage
from handler.stores.words import terms
from tests.handler.stores.vectors import NORTH, record

terms("stems", "en")

def found(store):
    matches, rows = store.index.search_vectors(NORTH, limit=9), store.ledger.rows(limit=9)
    return [match.key for match in matches], [row.document_id for row in rows]

def refused(write):
    try:
        write()
    except UnusableStore as error:
        return str(error)
"""
SEARCH_AND_WRITE = """
for path in sys.argv[2:]:
    store = open_store(SqliteAddress(path), fingerprint="model-a")
    refusals = [
        refused(lambda: store.index.upsert([record("k#1")])),
        refused(lambda: store.index.delete(["k#0"])),
        refused(lambda: store.ledger.put(Row("file-2", "file:///2"))),
    ]
    print(json.dumps([*found(store), refusals]))
print(refused(lambda: open_source_store(SqliteAddress(sys.argv[1]))))
"""
SEARCH_TEXT = """
store = open_source_store(SqliteAddress(sys.argv[1], "de"))
matches = store.index.search_text("runs", NORTH, limit=9)
print(json.dumps([*found(store), [match.key for match in matches]]))
"""
OPEN = """
print(refused(lambda: open_source_store(SqliteAddress(sys.argv[1]))))
"""
SEARCH_TWICE = """
store = open_store(SqliteAddress(sys.argv[1]), fingerprint="model-a")
print(json.dumps(found(store)), flush=True)
sys.stdin.readline()
print(json.dumps(found(store)))
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    with shared_folder() as folder:
        yield folder


def fill(path: Path) -> Store:
    """A store in which the document `k` has one chunk."""
    store = open_store(SqliteAddress(str(path)), fingerprint="model-a")
    store.index.upsert([record("k#0")])
    show(store, "k")
    return store


def test_a_store_without_permission_to_write_is_searched_and_listed(folder: Path) -> None:
    """Closed, it is one file. A process that was killed leaves the newest writes beside it, in a
    second file, whose index a third one holds, which a copy may lack."""
    open_path = folder / "open" / "s.sqlite"
    store = fill(open_path)  # open until the end of this test
    paths = [open_path]
    for state, endings in (
        ("closed", [""]),
        ("killed", ["", "-wal", "-shm"]),
        ("moved", ["", "-wal"]),
    ):
        paths.append(folder / state / "s.sqlite")
        if state == "closed":
            fill(paths[-1])
            assert [each.name for each in paths[-1].parent.iterdir()] == ["s.sqlite"]
            continue
        paths[-1].parent.mkdir()
        for end in endings:
            shutil.copy(f"{open_path}{end}", f"{paths[-1]}{end}")
        assert paths[-1].with_name("s.sqlite-wal").stat().st_size > 0
    old = folder / "old" / "s.sqlite"
    old.parent.mkdir()
    write_old_store(old, [old_row("file-1")])
    paths = [old, *paths]
    before = sorted(folder.rglob("*"))
    with write_protected(*(path.parent for path in paths)):
        user = AnotherUser(IMPORTS, SEARCH_AND_WRITE, *map(str, paths))
        *answers, of_the_old_one = user.output().splitlines()
    assert sorted(folder.rglob("*")) == before
    assert f"{old} cannot be used: it was written by an older version, and" in of_the_old_one
    assert len(answers) == 4
    for path, answer in zip(paths[1:], answers, strict=True):
        keys, rows, refusals = json.loads(answer)
        assert (keys, rows) == (["k#0"], ["k"]), path
        for refusal in refusals:
            assert refusal.startswith(
                f"The vector store {path} cannot be used: it cannot be written"
            )
    assert [row.document_id for row in store.ledger.rows(limit=9)] == ["k"]


def test_a_store_that_others_write_is_read_as_it_is_now(folder: Path) -> None:
    """SQLite is told that the file does not change, so each change must be noticed."""
    path = folder / "documents.sqlite"
    fill(path)
    with write_protected(folder):
        user = AnotherUser(IMPORTS, SEARCH_TWICE, str(path))
        assert json.loads(user.line()) == [["k#0"], ["k"]]
    store = open_source_store(SqliteAddress(str(path)))
    store.index.upsert([record("k#1", 0.5)])
    store.ledger.put(Row("other", "file:///other"))
    del store
    with write_protected(folder):
        assert json.loads(user.output("\n")) == [["k#0", "k#1"], ["k", "other"]]


def test_words_are_searched_in_the_language_of_a_file_that_cannot_be_written(folder: Path) -> None:
    path = folder / "s.sqlite"
    fill(path).index.upsert([record("k#0", text="running")])
    with write_protected(folder):
        user = AnotherUser(IMPORTS, SEARCH_TEXT, str(path))
        assert json.loads(user.output()) == [["k#0"], ["k"], ["k#0"]]


@pytest.mark.parametrize("schema", [1, 2])
def test_a_file_of_an_older_schema_is_refused_until_it_can_be_written(
    folder: Path, schema: int
) -> None:
    path = folder / "s.sqlite"
    fill(path)
    bring_down(path, schema=schema)
    with write_protected(folder):
        refusal = AnotherUser(IMPORTS, OPEN, str(path)).output()
    assert "it was written by an older version, and cannot be written now" in refusal
    assert "Let a user who may write it and its folder open it once." in refusal
    assert open_source_store(SqliteAddress(str(path))).ledger.get("k") is not None
