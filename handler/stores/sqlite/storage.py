"""All that a SQLite file and the folder beside it keep."""

from __future__ import annotations

from pathlib import Path

from handler.settings import SqliteAddress
from handler.stores.contract import Store
from handler.stores.sqlite.beside import blobs_folder
from handler.stores.sqlite.blobs import FolderBlobs
from handler.stores.sqlite.catalog import SqliteCatalog
from handler.stores.sqlite.file import Database
from handler.stores.sqlite.index import SqliteIndex
from handler.stores.sqlite.ledger import SqliteLedger
from handler.stores.sqlite.tables import SOURCE, StoreTables, all_tables
from handler.stores.sqlite.tasks import SqliteTasks
from handler.stores.sqlite.words import TextIndex


class SqliteStorage:
    """See `contract.Storage`."""

    def __init__(self, address: SqliteAddress) -> None:
        """Open the file, which is created if it does not exist. Raises UnusableStore, StoreLocked.

        The blobs are in a folder beside it.
        """
        self._database = Database(Path(address.path), address.language)
        self.source_store_id = self._database.path.stem
        self.catalog = SqliteCatalog(self._database, source_store_id=self.source_store_id)
        self.blobs = FolderBlobs(blobs_folder(self._database.path))
        self.tasks = SqliteTasks(self._database)

    def store(self, store_id: str) -> Store:
        name = SOURCE if store_id == self.source_store_id else store_id
        return Store(
            store_id, SqliteIndex(self._database, name), SqliteLedger(self._database, name)
        )

    def drop_vectors(self, store_id: str, *, deadline: float | None = None) -> None:
        with self._database.transaction(deadline) as connection:
            StoreTables.of(store_id).drop(connection)

    def drop_rows(self, store_id: str, *, deadline: float | None = None) -> bool:
        with self._database.transaction(deadline) as connection:
            connection.execute("DELETE FROM ledger WHERE store = ?", (store_id,))
        return True

    def count_chunks(self) -> int:
        """How many chunks all stores have, with those that are being written or deleted."""
        with self._database.snapshot() as connection:
            tables = [one for one in all_tables(connection) if one.exist(connection)]
            return sum(TextIndex(connection, one).count_records() for one in tables)

    def size(self) -> int:
        """Bytes of the file, and of what was written last, which is beside it."""
        return self._database.size()
