"""A vector store and its ledger in one SQLite file, with sqlite-vec's distances and FTS5's BM25.

A search by vector compares with every vector (a fifth of a second for 100,000): exact, and fast
enough for one file.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import apsw
import numpy as np
import orjson
from numpy.typing import NDArray

from handler.errors import StoreConflict
from handler.settings import SqliteAddress
from handler.stores.contract import Match, Record, Row, Status, Store
from handler.stores.filters import Filter
from handler.stores.record_key import RecordKey
from handler.stores.row_values import read_object
from handler.stores.sqlite.errors import explained
from handler.stores.sqlite.file import Database
from handler.stores.sqlite.filters import condition, exists
from handler.stores.sqlite.words import TextIndex
from handler.stores.word_scores import with_word_scores


def open_sqlite(address: SqliteAddress) -> Store:
    """The store in the file at `address`, which is created if it does not exist.

    Raises UnusableStore, StoreLocked.
    """
    database = Database(Path(address.path), address.language)
    return Store(database.path.stem, SqliteIndex(database), SqliteLedger(database))


class SqliteIndex:
    """See `contract.VectorIndex`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def upsert(self, records: Sequence[Record], *, deadline: float | None = None) -> None:
        with self._database.transaction(deadline) as connection:
            ids = connection.executemany(
                "INSERT INTO vectors (document, generation, chunk, vector, metadata) "
                "VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE "
                "SET vector = excluded.vector, metadata = excluded.metadata RETURNING id",
                [
                    (
                        *_parts(record.key),
                        record.vector.astype("<f4").tobytes(),
                        orjson.dumps(record.metadata).decode(),
                    )
                    for record in records
                ],
            )
            texts = [(key, record.metadata) for (key,), record in zip(ids, records, strict=True)]
            TextIndex(connection).put(texts)

    def delete(self, keys: Sequence[str], *, deadline: float | None = None) -> None:
        with self._database.transaction(deadline) as connection:
            ids = connection.executemany(
                "DELETE FROM vectors WHERE document = ? AND generation = ? AND chunk = ? "
                "RETURNING id",
                [_parts(key) for key in keys],
            )
            TextIndex(connection).delete([key for (key,) in ids])

    def read(self, keys: Sequence[str], *, deadline: float | None = None) -> list[Record]:
        records = []
        for key in keys:
            for vector, metadata in self._database.read(
                "SELECT vector, metadata FROM vectors "
                "WHERE document = ? AND generation = ? AND chunk = ?",
                *_parts(key),
            ):
                with explained(self._database.path):
                    values = np.frombuffer(vector, "<f4").astype(np.float32)
                    records.append(Record(key, values, read_object(metadata)))
        return records

    def has_attribute(self, key: str, *, deadline: float | None = None) -> bool:
        holds, values = exists(key)
        return bool(self._database.read(f"SELECT 1 FROM vectors WHERE {holds} LIMIT 1", *values))

    def search_vectors(
        self,
        vector: NDArray[np.float32],
        *,
        limit: int,
        where: Filter | None = None,
        deadline: float | None = None,
    ) -> list[Match]:
        holds, values = condition(where)
        # The nearest are looked up in the ledger, and not each vector: that would take half as long
        # again. Hardly any of them is not current.
        nearest = 2 * limit
        while True:
            rows = self._database.read(
                "SELECT document, generation, chunk, 1 - distance, metadata, "
                "ledger.current IS vectors.generation FROM ("
                "SELECT id, vec_distance_cosine(vector, ?) AS distance FROM vectors "
                f"WHERE {holds} ORDER BY distance LIMIT ?"
                ") JOIN vectors USING (id) LEFT JOIN ledger USING (document) "
                "ORDER BY distance, document, chunk",
                vector.astype("<f4").tobytes(),
                *values,
                nearest,
            )
            current = [row[:-1] for row in rows if row[-1]]
            if len(current) >= limit or len(rows) < nearest:
                return [self._match(*row) for row in current[:limit]]
            nearest *= 8

    def search_text(
        self,
        query: str,
        vector: NDArray[np.float32],
        *,
        limit: int,
        where: Filter | None = None,
        deadline: float | None = None,
    ) -> list[Match]:
        with self._database.snapshot() as connection:
            words = TextIndex(connection)
            rows = words.search(query, vector, limit=limit, where=where)
            matches = [self._match(*row) for row in rows]
            return with_word_scores(matches, query, words.language, stems=True)

    def _match(
        self,
        document: str,
        generation: str,
        chunk: int,
        cosine: float,
        metadata: str,
        bm25: float | None = None,
    ) -> Match:
        key = str(RecordKey(document, generation, chunk))
        with explained(self._database.path):
            return Match(key, read_object(metadata), cosine, bm25)


def _parts(key: str) -> tuple[str, str, int]:
    parsed = RecordKey.parse(key)
    return parsed.document_id, parsed.generation, parsed.chunk


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
        return str(self._database.read("SELECT fingerprint FROM space")[0][0])

    def get(self, document_id: str, *, deadline: float | None = None) -> Row | None:
        rows = self._database.read("SELECT row FROM ledger WHERE document = ?", document_id)
        return self._row(rows[0][0]) if rows else None

    def put(self, row: Row, *, deadline: float | None = None) -> Row:
        written = row.rewritten()
        with self._database.transaction(deadline) as connection:
            self._expect(connection, row)
            connection.execute(
                "INSERT OR REPLACE INTO ledger (document, revision, status, current, row) "
                "VALUES (?, ?, ?, ?, ?)",
                (
                    row.document_id,
                    written.revision,
                    row.status,
                    row.current,
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
        return [self._row(row) for (row,) in rows]

    def _row(self, text: str) -> Row:
        with explained(self._database.path):
            return Row.from_json(text)

    @staticmethod
    def _expect(connection: apsw.Connection, row: Row) -> None:
        """Raises StoreConflict unless the ledger has this revision of the row."""
        found = connection.execute(
            "SELECT revision FROM ledger WHERE document = ?", (row.document_id,)
        ).fetchone()
        if (found[0] if found else 0) != row.revision:
            raise StoreConflict(f"The row of {row.document_id} was written by another writer.")
