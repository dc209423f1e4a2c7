"""The catalog in a SQLite file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import apsw

from handler.errors import StoreConflict
from handler.stores.catalog import CatalogItem, FileBatch, Item, VectorStoreItem
from handler.stores.counts import Counts
from handler.stores.sqlite.errors import explained
from handler.stores.sqlite.file import Database
from handler.stores.sqlite.ledger import AT_ONCE
from handler.stores.sqlite.tables import SOURCE

COLUMNS = "item, revision, in_progress, completed, failed, cancelled, usage_bytes"
PUT = """
INSERT INTO catalog (kind, id, revision, deleted, item) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT DO UPDATE SET revision = ?3, deleted = ?4, item = ?5
"""
Found = tuple[str | None, int, int, int, int, int, int]


class SqliteCatalog:
    """See `catalog.Catalog`."""

    def __init__(self, database: Database, *, source_store_id: str) -> None:
        self._database, self._source = database, source_store_id

    def get(self, kind: type[Item], item_id: str, *, deadline: float | None = None) -> Item | None:
        return self.get_all(kind, [item_id]).get(item_id)

    def get_all(
        self, kind: type[Item], item_ids: Sequence[str], *, deadline: float | None = None
    ) -> dict[str, Item]:
        found: dict[str, Item] = {}
        for start in range(0, len(item_ids), AT_ONCE):
            keys = [self._key(kind, one) for one in item_ids[start : start + AT_ONCE]]
            items = self._items(
                kind,
                f"SELECT {COLUMNS} FROM catalog WHERE kind = ? "
                f"AND id IN ({', '.join('?' * len(keys))})",
                kind.kind,
                *keys,
            )
            found |= {item.id: item for item in items}
        return found

    def put(self, item: Item, *, deadline: float | None = None) -> Item:
        written = replace(item, revision=item.revision + 1)
        key = self._key(type(item), item.id)
        with self._database.transaction(deadline) as connection:
            if _revision(connection, item.kind, key) != item.revision:
                raise StoreConflict(f"The item {item.id} was written by another writer.")
            deleted = isinstance(item, VectorStoreItem) and item.deleted
            text = written.to_json().decode()
            connection.execute(PUT, (item.kind, key, written.revision, deleted, text))
        return written

    def delete(self, item: CatalogItem, *, deadline: float | None = None) -> None:
        with self._database.transaction(deadline) as connection:
            connection.execute(
                "DELETE FROM catalog WHERE kind = ? AND id = ?", (item.kind, item.id)
            )

    def page(
        self,
        kind: type[Item],
        *,
        limit: int,
        after: str | None = None,
        descending: bool = False,
        deadline: float | None = None,
    ) -> list[Item]:
        beyond, order = ("<", "DESC") if descending else (">", "ASC")
        return self._items(
            kind,
            f"SELECT {COLUMNS} FROM catalog WHERE kind = ?1 AND NOT deleted AND id != '' "
            f"AND (?2 IS NULL OR id {beyond} ?2) ORDER BY id {order} LIMIT ?3",
            kind.kind,
            after,
            limit,
        )

    def deleted_stores(self, *, deadline: float | None = None) -> list[VectorStoreItem]:
        return self._items(
            VectorStoreItem,
            f"SELECT {COLUMNS} FROM catalog WHERE kind = ? AND deleted",
            VectorStoreItem.kind,
        )

    def stores_with(self, file_id: str, *, deadline: float | None = None) -> list[str]:
        rows = self._database.read("SELECT store FROM ledger WHERE document = ?", file_id)
        return [self._source if store == SOURCE else store for (store,) in rows]

    def _key(self, kind: type[CatalogItem], item_id: str) -> str:
        """The column `id`: the folder's store has SOURCE, since its id is the file's name."""
        return SOURCE if kind is VectorStoreItem and item_id == self._source else item_id

    def _items(self, kind: type[Item], query: str, *values: object) -> list[Item]:
        return [self._item(kind, row) for row in self._database.read(query, *values)]

    def _item(self, kind: type[Item], row: Found) -> Item:
        text, revision, *numbers = row
        counts = Counts(*numbers) if issubclass(kind, VectorStoreItem | FileBatch) else None
        with explained(self._database.path):
            if text is None:  # the folder's store, whose row only counts
                return kind(id=self._source, created=0.0, revision=revision, counts=counts)  # type: ignore[call-arg]
            return kind.from_json(text, revision=revision, counts=counts)


def _revision(connection: apsw.Connection, kind: str, key: str) -> int:
    """Of the item that is there; 0 if there is none."""
    found = connection.execute(
        "SELECT revision FROM catalog WHERE kind = ? AND id = ?", (kind, key)
    )
    row = found.fetchone()
    return int(row[0]) if row else 0
