"""What the API writes of files and vector stores, done by hand on a storage."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from handler.stores.attributes import Attribute
from handler.stores.catalog import FileBatch, StoredFile, VectorStoreItem, blob_of
from handler.stores.contract import Match, Storage
from handler.stores.ids import new_id
from handler.stores.record_key import RecordKey
from handler.stores.removal import take_out
from handler.stores.row import Row
from handler.stores.tasks import ReconcileFile


class Api:
    """Writes as the API does. It waits for nothing."""

    def __init__(self, storage: Storage, clock: Any, fingerprint: str) -> None:
        self.storage, self.clock, self.fingerprint = storage, clock, fingerprint

    def new_store(self, **about: Any) -> str:
        now = self.clock.now()
        item = VectorStoreItem(
            id=new_id("vs_", now), created=now, last_active=now, fingerprint=self.fingerprint
        )
        return self.storage.catalog.put(replace(item, **about)).id

    def upload(self, content: bytes, *, filename: str = "pets.md", **about: Any) -> StoredFile:
        now = self.clock.now()
        file_id = new_id("file-", now)
        digests = self.storage.blobs.write(blob_of(file_id), io.BytesIO(content))
        file = StoredFile(
            id=file_id,
            created=now,
            filename=filename,
            purpose="assistants",
            size=digests.size,
            sha256=digests.sha256,
        )
        return self.storage.catalog.put(replace(file, **about))

    def attach(
        self,
        store_id: str,
        file: StoredFile,
        attributes: Mapping[str, Attribute] | None = None,
        batch: str | None = None,
        **about: Any,
    ) -> Row:
        """Attach a file, or attach it again."""
        ledger, now = self.storage.store(store_id).ledger, self.clock.now()
        known = ledger.get(file.id) or Row(file.id, f"upload://{file.id}/{file.filename}")
        if batch is not None:
            known = replace(known, batches=(*known.batches, batch))
        row = replace(
            known,
            status="in_progress",
            requested=dict(attributes or {}),
            removed=0.0,
            created=now,
            updated=now,
            error=None,
            error_code=None,
        )
        written = ledger.put(replace(row, **about))
        self.storage.tasks.send([ReconcileFile(store_id, file.id)])
        return written

    def batch(self, store_id: str, files: list[StoredFile]) -> FileBatch:
        now = self.clock.now()
        ids = [file.id for file in files]
        batch = FileBatch(
            id=new_id("vsfb_", now), created=now, vector_store_id=store_id, file_ids=ids
        )
        batch = self.storage.catalog.put(batch)
        for file in files:
            self.attach(store_id, file, batch=batch.id)
        return batch

    def change(self, store_id: str, file_id: str, **values: Any) -> None:
        row = self.row(store_id, file_id)
        self.storage.store(store_id).ledger.put(replace(row, **values))
        self.storage.tasks.send([ReconcileFile(store_id, file_id)])

    def remove(self, store_id: str, file_id: str) -> None:
        ledger = self.storage.store(store_id).ledger
        take_out(ledger, file_id, now=self.clock.now())
        self.storage.tasks.send([ReconcileFile(store_id, file_id)])

    def delete_store(self, store_id: str) -> None:
        item = self.item(store_id)
        self.storage.catalog.put(replace(item, deleted=True))

    def item(self, store_id: str) -> VectorStoreItem:
        item = self.storage.catalog.get(VectorStoreItem, store_id)
        assert item is not None
        return item

    def row(self, store_id: str, file_id: str) -> Row:
        row = self.storage.store(store_id).ledger.get(file_id)
        assert row is not None
        return row

    def found(self, store_id: str, file_id: str | None = None) -> list[Match]:
        """What a search of the store finds, of one file or of all; in the order of their chunks."""
        index = self.storage.store(store_id).index
        matches = index.search_vectors(np.ones(384, np.float32), limit=100)
        keys = {match.key: RecordKey.parse(match.key) for match in matches}
        ours = [one for one in matches if file_id in (None, keys[one.key].document_id)]
        return sorted(ours, key=lambda match: keys[match.key])

    def records(self, store_id: str) -> int:
        """How many records the index of a store in a file has, found or not."""
        from handler.stores.sqlite.storage import SqliteStorage
        from handler.stores.sqlite.tables import StoreTables

        assert isinstance(self.storage, SqliteStorage)
        tables, database = StoreTables.of(store_id), self.storage._database
        with database.snapshot() as connection:
            if not tables.exist(connection):
                return 0
        return int(database.read(f"SELECT count(*) FROM {tables.vectors}")[0][0])
