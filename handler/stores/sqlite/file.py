"""A store's SQLite file: opened, brought to the schema of this version, read and written.

A file that may not be written can be read. Several processes may use the file at once. apsw brings
its own SQLite, since that of many Pythons cannot load extensions.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import Any

import apsw
import sqlite_vec

from handler.errors import ServiceUnavailable
from handler.settings import TextLanguage
from handler.stores.sqlite.errors import explained, unusable
from handler.stores.sqlite.schema import WrongSchema, is_current, is_readable, migrate

BUSY_SECONDS = 5.0  # to wait for another process's write
MIGRATION_SECONDS = 60.0  # … or while it brings an older file to this version's schema
WAIT_SECONDS = 0.02  # between tries of what SQLite does not wait for itself

OLD_AND_READ_ONLY = (
    "it was written by an older version, and cannot be written now. Let a user who may write it "
    "and its folder open it once."
)

State = tuple[tuple[int, int, int] | None, ...]  # see `_state`


class Database:
    """A SQLite file, with a connection for each thread.

    Every method raises UnusableStore if the file cannot be used, StoreLocked if another process
    keeps it for too long, and ServiceUnavailable if the time is up.
    """

    def __init__(self, path: Path, language: TextLanguage = "en") -> None:
        """Open the file, which is created if it does not exist.

        language: of the texts, whose words are indexed again if they were in another one.
        """
        self.path = path
        self._local = threading.local()
        self._copies: dict[State, Path] = {}  # of the file, by the state that it was in
        self._copying = threading.Lock()
        with explained(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            _expect_file(path)
            connection = self._connection()
            current = is_current(connection, language)
            if connection.readonly("main") or self._local.seen is not None:
                if not current and not is_readable(connection):
                    raise WrongSchema(OLD_AND_READ_ONLY)
                return
            if not current:
                with _transaction(connection, MIGRATION_SECONDS):
                    migrate(connection, language)
                # The file's own first bytes then say that it is ours; see `beside`.
                connection.execute("PRAGMA wal_checkpoint")
            _use_wal(connection)

    @contextmanager
    def transaction(self, deadline: float | None = None) -> Iterator[apsw.Connection]:
        """A connection whose changes are made as a whole, or not at all."""
        wait = BUSY_SECONDS if deadline is None else min(BUSY_SECONDS, deadline - time.monotonic())
        if wait <= 0:
            raise ServiceUnavailable(f"{self.path} was not written: the time is up.")
        with explained(self.path):
            connection = self._connection()
            with _transaction(connection, wait):
                yield connection

    def read(self, query: str, *values: Any) -> list[Any]:
        """The rows that `query` gives."""
        with explained(self.path):
            return list(self._connection().execute(query, values))

    @contextmanager
    def snapshot(self) -> Iterator[apsw.Connection]:
        """A connection that reads one state of the file."""
        with explained(self.path):
            connection = self._connection()
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    def size(self) -> int:
        """Bytes of the file, and of the WAL beside it."""
        with explained(self.path):
            return sum(one[2] for one in _state(self.path) if one)

    def _connection(self) -> apsw.Connection:
        connection: apsw.Connection | None = getattr(self._local, "connection", None)
        if connection is None or self._local.seen not in (None, _state(self.path)):
            connection = self._open()
            self._local.connection = connection
        return connection

    def _open(self) -> apsw.Connection:
        """A connection to the file, or to what can be read of it."""
        self._local.seen = None
        try:
            return _connect(str(self.path))
        except (apsw.ReadOnlyError, apsw.CantOpenError):
            if not self.path.is_file() or _is_writable(self.path):
                raise
        # SQLite reads a file in WAL mode only if it can write a file beside it, unless it is told
        # that the file does not change. So a change is looked for before each use.
        self._local.seen = _state(self.path)
        if not (_wal(self.path).exists() and _wal(self.path).stat().st_size):
            return _connect(f"{self.path.resolve().as_uri()}?immutable=1")
        connection = _connect(str(self._copied(self._local.seen)))
        connection.execute("PRAGMA query_only = ON")  # what is written to the copy would be lost
        return connection

    def _copied(self, state: State) -> Path:
        """A copy of the file in this state, with the newest writes, which lie beside it in the WAL.

        It is deleted with the database, or once the file has changed.
        """
        with self._copying:
            if state not in self._copies:
                for old in self._copies.values():
                    shutil.rmtree(old.parent, ignore_errors=True)
                folder = tempfile.mkdtemp(prefix="vector-store-")
                weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
                copy = Path(folder, self.path.name)
                shutil.copyfile(self.path, copy)
                shutil.copyfile(_wal(self.path), _wal(copy))
                self._copies = {state: copy}
            return self._copies[state]


def _connect(name: str) -> apsw.Connection:
    """name: a path, or a URI. (sqlite.org/uri.html)"""
    flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE | apsw.SQLITE_OPEN_URI
    connection = apsw.Connection(name, flags=flags)
    connection.set_busy_timeout(round(BUSY_SECONDS * 1000))
    connection.enable_load_extension(True)
    connection.load_extension(sqlite_vec.loadable_path())
    connection.enable_load_extension(False)
    # A power cut may lose the last writes, but the ledger is in the same file and so agrees with
    # what is left.
    connection.execute("PRAGMA synchronous = NORMAL")
    list(connection.execute("SELECT 1 FROM sqlite_schema"))  # opens the file
    return connection


@contextmanager
def _transaction(connection: apsw.Connection, wait: float) -> Iterator[None]:
    connection.set_busy_timeout(round(wait * 1000))
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _use_wal(connection: apsw.Connection) -> None:
    """Let readers not wait for writers. The file stays that way."""
    until = time.monotonic() + BUSY_SECONDS
    while connection.pragma("journal_mode") != "wal":
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except apsw.BusyError:  # SQLite does not wait here
            if time.monotonic() > until:
                raise
            time.sleep(WAIT_SECONDS)


def _expect_file(path: Path) -> None:
    """Raises UnusableStore if there is something other than a file at the path."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return
    if S_ISDIR(mode):
        raise unusable(path, "it is a folder. Name a file in it.")
    if not S_ISREG(mode):
        raise unusable(path, "it is not a regular file. Set VECTOR_STORE to one.")


def _is_writable(path: Path) -> bool:
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def _wal(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def _state(path: Path) -> State:
    """Differs if the file has been written: of the file, and of what lies beside it."""

    def state(path: Path) -> tuple[int, int, int] | None:
        try:
            about = path.stat()
        except FileNotFoundError:
            return None
        return about.st_ino, about.st_mtime_ns, about.st_size

    return state(path), state(_wal(path))
