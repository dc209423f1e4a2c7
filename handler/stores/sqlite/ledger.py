"""The ledgers of all stores in a SQLite file, and the counts of their files.

The counts are in the catalog's table, beside the items that have them. A row and what it changes in
them are written in one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence

import apsw

from handler.errors import StoreConflict, StoreGone
from handler.stores.catalog import FileBatch, VectorStoreItem
from handler.stores.counts import CountedWrite, Counts, Status, count_delete, count_write
from handler.stores.row import Row
from handler.stores.sqlite.errors import explained
from handler.stores.sqlite.file import Database
from handler.stores.sqlite.tables import SOURCE

COUNT = """
UPDATE catalog SET in_progress = in_progress + ?, completed = completed + ?, failed = failed + ?,
    cancelled = cancelled + ?, usage_bytes = usage_bytes + ?
WHERE kind = ? AND id = ?
"""
PUT = """
INSERT OR REPLACE INTO ledger (store, document, revision, status, current, created, removed, row)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
AT_ONCE = 500  # values in a query


class SqliteLedger:
    """See `contract.Ledger`."""

    def __init__(self, database: Database, store: str) -> None:
        """store: as the tables have it: SOURCE, or the id."""
        self._database, self._store = database, store

    def bind(self, fingerprint: str) -> str:
        if not self._database.read("SELECT 1 FROM space"):
            with self._database.transaction() as connection:
                connection.execute(
                    "INSERT INTO space SELECT ? WHERE NOT EXISTS (SELECT 1 FROM space)",
                    (fingerprint,),
                )
        ((noted,),) = self._database.read("SELECT fingerprint FROM space LIMIT 1")
        return str(noted)

    def get(self, document_id: str, *, deadline: float | None = None) -> Row | None:
        return self.get_all([document_id]).get(document_id)

    def get_all(
        self, document_ids: Sequence[str], *, deadline: float | None = None
    ) -> dict[str, Row]:
        found: dict[str, Row] = {}
        for start in range(0, len(document_ids), AT_ONCE):
            batch = document_ids[start : start + AT_ONCE]
            rows = self._database.read(
                "SELECT row FROM ledger WHERE store = ? "
                f"AND document IN ({', '.join('?' * len(batch))})",
                self._store,
                *batch,
            )
            found |= {row.document_id: row for row in map(self._row, rows)}
        return found

    def put(self, row: Row, *, deadline: float | None = None) -> Row:
        with self._database.transaction(deadline) as connection:
            return self._put(connection, row)

    def put_all(
        self, rows: Sequence[Row], *, deadline: float | None = None
    ) -> list[Row | StoreConflict]:
        results: list[Row | StoreConflict] = []
        with self._database.transaction(deadline) as connection:
            for row in rows:
                try:
                    results.append(self._put(connection, row))
                except StoreConflict as conflict:
                    results.append(conflict)
        return results

    def delete(self, row: Row, *, deadline: float | None = None) -> None:
        with self._database.transaction(deadline) as connection:
            self._expect(connection, row)
            self._count(connection, count_delete(row))
            connection.execute(
                "DELETE FROM ledger WHERE store = ? AND document = ?",
                (self._store, row.document_id),
            )

    def rows(self, *, limit: int, after: str | None = None) -> list[Row]:
        return self._query(
            "SELECT row FROM ledger WHERE store = ?1 AND (?2 IS NULL OR document > ?2) "
            "ORDER BY document LIMIT ?3",
            self._store,
            after,
            limit,
        )

    def page(
        self,
        *,
        limit: int,
        after: Row | None = None,
        descending: bool = False,
        status: Status | None = None,
        deadline: float | None = None,
    ) -> list[Row]:
        beyond, order = ("<", "DESC") if descending else (">", "ASC")
        start = "" if after is None else f"AND (created, document) {beyond} (?, ?) "
        having = "" if status is None else "AND status = ? "
        return self._query(
            f"SELECT row FROM ledger WHERE store = ? AND removed = 0 {start}{having}"
            f"ORDER BY created {order}, document {order} LIMIT ?",
            self._store,
            *([] if after is None else [after.created, after.document_id]),
            *([] if status is None else [status]),
            limit,
        )

    def removed(self, *, before: float, limit: int) -> list[Row]:
        return self._query(
            "SELECT row FROM ledger WHERE store = ? AND removed > 0 AND removed < ? LIMIT ?",
            self._store,
            before,
            limit,
        )

    def counts(self, *, deadline: float | None = None) -> Counts:
        found = self._database.read(
            "SELECT in_progress, completed, failed, cancelled, usage_bytes FROM catalog "
            "WHERE kind = ? AND id = ?",
            VectorStoreItem.kind,
            self._store,
        )
        return Counts(*found[0]) if found else Counts()

    def _put(self, connection: apsw.Connection, row: Row) -> Row:
        self._expect(connection, row)
        counted = count_write(row)
        self._count(connection, counted)
        written = counted.row
        connection.execute(
            PUT,
            (
                self._store,
                written.document_id,
                written.revision,
                written.status,
                written.current,
                written.created,
                written.removed,
                written.to_json().decode(),
            ),
        )
        return written

    def _count(self, connection: apsw.Connection, write: CountedWrite) -> None:
        """Change the counts. Raises StoreGone if the store has none any more."""
        expect_store(connection, self._store)
        if write.store:
            connection.execute(COUNT, (*write.store.values, VectorStoreItem.kind, self._store))
        for batch, change in write.batches.items():
            connection.execute(COUNT, (*change.values, FileBatch.kind, batch))

    def _query(self, query: str, *values: object) -> list[Row]:
        return [self._row(row) for row in self._database.read(query, *values)]

    def _row(self, found: tuple[str]) -> Row:
        with explained(self._database.path):
            return Row.from_json(found[0])

    def _expect(self, connection: apsw.Connection, row: Row) -> None:
        """Raises StoreConflict unless the ledger has this revision of the row."""
        found = connection.execute(
            "SELECT revision FROM ledger WHERE store = ? AND document = ?",
            (self._store, row.document_id),
        ).fetchone()
        if (found[0] if found else 0) != row.revision:
            raise StoreConflict(f"The row of {row.document_id} was written by another writer.")


def expect_store(connection: apsw.Connection, store: str) -> None:
    """Raises StoreGone unless the catalog has this store. The folder's is always there."""
    if store == SOURCE:
        return
    found = connection.execute(
        "SELECT 1 FROM catalog WHERE kind = ? AND id = ? AND NOT deleted",
        (VectorStoreItem.kind, store),
    )
    if not found.fetchone():
        raise StoreGone(store)
