"""A vector store and its ledger in one SQLite file, with sqlite-vec's distances.

A query compares with every vector (a fifth of a second for 100,000): exact, and fast enough for one
file. Several processes may use the file at once. apsw brings its own SQLite, since that of many
Pythons cannot load extensions.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw
import numpy as np
import orjson
import sqlite_vec
from numpy.typing import NDArray

from handler.errors import ServiceUnavailable, StoreConflict
from handler.settings import SqliteAddress
from handler.stores.contract import Match, Record, Row, Status, Store
from handler.stores.filters import Filter
from handler.stores.sqlite_filters import condition

BUSY_SECONDS = 5.0  # to wait for another process's write

SCHEMA = """
CREATE TABLE IF NOT EXISTS vectors (key TEXT PRIMARY KEY, vector BLOB, metadata TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ledger (
    document TEXT PRIMARY KEY, revision INTEGER, status TEXT, row TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS space (fingerprint TEXT);
"""


def open_sqlite(address: SqliteAddress) -> Store:
    """The store in the file at `address`, which is created if it does not exist."""
    path = Path(address.path)
    path.parent.mkdir(parents=True, exist_ok=True)
    database = Database(path)
    return Store(path.stem, SqliteIndex(database), SqliteLedger(database))


class Database:
    """A SQLite file, with a connection for each thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        with self.transaction() as connection:
            connection.execute(SCHEMA)

    @contextmanager
    def transaction(self, deadline: float | None = None) -> Iterator[apsw.Connection]:
        """A connection whose changes are made as a whole, or not at all."""
        wait = BUSY_SECONDS if deadline is None else min(BUSY_SECONDS, deadline - time.monotonic())
        if wait <= 0:
            raise ServiceUnavailable(f"{self._path} was not written: the time is up.")
        try:
            connection = self._connection()
            connection.set_busy_timeout(round(wait * 1000))
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
        except apsw.Error as error:
            raise ServiceUnavailable(f"{self._path} cannot be used: {error}.") from error

    def read(self, query: str, *values: Any) -> list[Any]:
        """The rows that `query` gives."""
        try:
            return list(self._connection().execute(query, values))
        except apsw.Error as error:
            raise ServiceUnavailable(f"{self._path} cannot be read: {error}.") from error

    def _connection(self) -> apsw.Connection:
        connection: apsw.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = apsw.Connection(str(self._path))
            connection.set_busy_timeout(round(BUSY_SECONDS * 1000))
            connection.enable_load_extension(True)
            connection.load_extension(sqlite_vec.loadable_path())
            connection.enable_load_extension(False)
            # Readers do not wait for writers. A power cut may lose the last writes, but the ledger
            # is in the same file and so agrees with what is left.
            connection.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
            self._local.connection = connection
        return connection


class SqliteIndex:
    """See `contract.VectorIndex`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def upsert(self, records: Sequence[Record], *, deadline: float | None = None) -> None:
        with self._database.transaction(deadline) as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)",
                [
                    (
                        record.key,
                        record.vector.astype("<f4").tobytes(),
                        orjson.dumps(record.metadata).decode(),
                    )
                    for record in records
                ],
            )

    def delete(self, keys: Sequence[str], *, deadline: float | None = None) -> None:
        with self._database.transaction(deadline) as connection:
            connection.executemany("DELETE FROM vectors WHERE key = ?", [(key,) for key in keys])

    def query(
        self,
        vector: NDArray[np.float32],
        *,
        limit: int,
        where: Filter | None = None,
        deadline: float | None = None,
    ) -> list[Match]:
        holds, values = condition(where)
        rows = self._database.read(
            "SELECT key, 1 - vec_distance_cosine(vector, ?) AS score, metadata FROM vectors "
            f"WHERE {holds} ORDER BY score DESC, key LIMIT ?",
            vector.astype("<f4").tobytes(),
            *values,
            limit,
        )
        return [Match(key, score, orjson.loads(metadata)) for key, score, metadata in rows]


class SqliteLedger:
    """See `contract.Ledger`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def bind(self, fingerprint: str) -> str:
        if not self._database.read("SELECT 1 FROM space"):
            with self._database.transaction() as connection:
                connection.execute(
                    "INSERT INTO space SELECT ? WHERE NOT EXISTS (SELECT 1 FROM space)",
                    (fingerprint,),
                )
        ((noted,),) = self._database.read("SELECT fingerprint FROM space")
        return str(noted)

    def get(self, document_id: str, *, deadline: float | None = None) -> Row | None:
        rows = self._database.read("SELECT row FROM ledger WHERE document = ?", document_id)
        return Row.from_json(rows[0][0]) if rows else None

    def put(self, row: Row, *, deadline: float | None = None) -> Row:
        written = row.rewritten()
        with self._database.transaction(deadline) as connection:
            self._expect(connection, row)
            connection.execute(
                "INSERT OR REPLACE INTO ledger VALUES (?, ?, ?, ?)",
                (
                    row.document_id,
                    written.revision,
                    row.status,
                    written.to_json().decode(),
                ),
            )
        return written

    def delete(self, row: Row, *, deadline: float | None = None) -> None:
        with self._database.transaction(deadline) as connection:
            self._expect(connection, row)
            connection.execute("DELETE FROM ledger WHERE document = ?", (row.document_id,))

    def rows(
        self,
        *,
        limit: int,
        after: str | None = None,
        descending: bool = False,
        status: Status | None = None,
    ) -> list[Row]:
        beyond, order = ("<", "DESC") if descending else (">", "ASC")
        rows = self._database.read(
            f"SELECT row FROM ledger WHERE (?1 IS NULL OR document {beyond} ?1) "
            f"AND (?2 IS NULL OR status = ?2) ORDER BY document {order} LIMIT ?3",
            after,
            status,
            limit,
        )
        return [Row.from_json(row) for (row,) in rows]

    @staticmethod
    def _expect(connection: apsw.Connection, row: Row) -> None:
        """Raises StoreConflict unless the ledger has this revision of the row."""
        found = connection.execute(
            "SELECT revision FROM ledger WHERE document = ?", (row.document_id,)
        ).fetchone()
        if (found[0] if found else 0) != row.revision:
            raise StoreConflict(f"The row of {row.document_id} was written by another writer.")
