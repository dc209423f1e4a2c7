"""A store's vectors in a SQLite file, with sqlite-vec's distances and FTS5's BM25.

Each store has tables of its own, which its first `upsert` makes: so no search looks at another
store's vectors, and no store's words count in another's scores. A search by vector compares with
every vector (a fifth of a second for 100,000): exact, and fast enough for one file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import apsw
import numpy as np
import orjson
from numpy.typing import NDArray

from handler.stores.contract import Match, Record
from handler.stores.filters import Filter
from handler.stores.record_key import RecordKey
from handler.stores.row_values import read_object
from handler.stores.sqlite.errors import explained
from handler.stores.sqlite.file import Database
from handler.stores.sqlite.filters import condition, exists
from handler.stores.sqlite.ledger import expect_store
from handler.stores.sqlite.tables import StoreTables
from handler.stores.sqlite.words import TextIndex
from handler.stores.word_scores import with_word_scores


class SqliteIndex:
    """See `contract.VectorIndex`."""

    def __init__(self, database: Database, store: str) -> None:
        """store: as the ledger's table has it."""
        self._database, self._store = database, store
        self._tables = StoreTables.of(store)

    def upsert(self, records: Sequence[Record], *, deadline: float | None = None) -> None:
        with self._database.transaction(deadline) as connection:
            if not self._tables.exist(connection):
                expect_store(connection, self._store)
                self._tables.make(connection)
            ids = connection.executemany(
                f"INSERT INTO {self._tables.vectors} "
                "(document, generation, chunk, vector, metadata) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT DO UPDATE SET vector = excluded.vector, metadata = excluded.metadata "
                "RETURNING id",
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
            TextIndex(connection, self._tables).put(texts)

    def delete(self, keys: Sequence[str], *, deadline: float | None = None) -> None:
        with self._database.transaction(deadline) as connection:
            if not self._tables.exist(connection):
                return
            ids = connection.executemany(
                f"DELETE FROM {self._tables.vectors} "
                "WHERE document = ? AND generation = ? AND chunk = ? RETURNING id",
                [_parts(key) for key in keys],
            )
            TextIndex(connection, self._tables).delete([key for (key,) in ids])

    def read(self, keys: Sequence[str], *, deadline: float | None = None) -> list[Record]:
        records: list[Record] = []
        with self._reading() as connection:
            if connection is None:
                return records
            for key in keys:
                for vector, metadata in connection.execute(
                    f"SELECT vector, metadata FROM {self._tables.vectors} "
                    "WHERE document = ? AND generation = ? AND chunk = ?",
                    _parts(key),
                ):
                    values = np.frombuffer(vector, "<f4").astype(np.float32)
                    records.append(Record(key, values, read_object(metadata)))
        return records

    def has_attribute(self, key: str, *, deadline: float | None = None) -> bool:
        holds, values = exists(key)
        query = f"SELECT 1 FROM {self._tables.vectors} WHERE {holds} LIMIT 1"
        with self._reading() as connection:
            return connection is not None and bool(list(connection.execute(query, values)))

    def search_vectors(
        self,
        vector: NDArray[np.float32],
        *,
        limit: int,
        where: Filter | None = None,
        deadline: float | None = None,
    ) -> list[Match]:
        with self._reading() as connection:
            if connection is None:
                return []
            rows = self._nearest(connection, vector, limit, where)
            return [self._match(*row) for row in rows]

    def _nearest(
        self,
        connection: apsw.Connection,
        vector: NDArray[np.float32],
        limit: int,
        where: Filter | None,
    ) -> list[tuple[str, str, int, float, str]]:
        """Of the nearest records: document, generation, chunk, cosine and metadata."""
        holds, values = condition(where)
        # The nearest are looked up in the ledger, and not each vector: that would take half as long
        # again. Hardly any of them is not current.
        nearest = 2 * limit
        while True:
            found = connection.execute(
                "SELECT vectors.document, generation, chunk, 1 - distance, metadata, "
                "ledger.current IS vectors.generation FROM ("
                "SELECT id, vec_distance_cosine(vector, ?) AS distance "
                f"FROM {self._tables.vectors} WHERE {holds} ORDER BY distance LIMIT ?"
                f") JOIN {self._tables.vectors} AS vectors USING (id) "
                "LEFT JOIN ledger ON ledger.store = ? AND ledger.document = vectors.document "
                "ORDER BY distance, vectors.document, chunk",
                (vector.astype("<f4").tobytes(), *values, nearest, self._store),
            )
            rows = list(found)
            current = [row[:-1] for row in rows if row[-1]]
            if len(current) >= limit or len(rows) < nearest:
                return current[:limit]
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
        with self._reading() as connection:
            if connection is None:
                return []
            words = TextIndex(connection, self._tables)
            rows = words.search(query, vector, store=self._store, limit=limit, where=where)
            matches = [self._match(*row) for row in rows]
            return with_word_scores(matches, query, words.language, stems=True)

    @contextmanager
    def _reading(self) -> Iterator[apsw.Connection | None]:
        """A connection that reads one state of the file; None if the store has no tables in it.

        One state, because the tables may be dropped at any time: the store may be deleted.
        """
        with self._database.snapshot() as connection:
            yield connection if self._tables.exist(connection) else None

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
