"""Objects that the API could have made, with ids that the fuzz tests know."""

from __future__ import annotations

import time
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from handler.settings import SqliteAddress
from handler.stores.catalog import FileBatch, StoredFile, Upload, VectorStoreItem, blob_of
from handler.stores.contract import Storage
from handler.stores.row import Row
from handler.stores.sqlite.storage import SqliteStorage
from tests.fuzz.targets import MADE

CONTENT = b"A lighthouse stands on the hill. " * 20


def make_objects(path: Path, fingerprint: str) -> None:
    """Put files, vector stores, file batches and uploads into a store's file."""
    storage = SqliteStorage(SqliteAddress(str(path)))
    for number in MADE:
        _make(storage, number, fingerprint)


def _make(storage: Storage, number: int, fingerprint: str) -> None:
    now, catalog = time.time(), storage.catalog
    file = StoredFile(
        id=f"file-{number}",
        created=now,
        filename="a.txt",
        purpose="assistants",
        size=len(CONTENT),
        sha256=sha256(CONTENT).hexdigest(),
        content_type="text/plain",
    )
    storage.blobs.write(blob_of(file.id), BytesIO(CONTENT))
    store = VectorStoreItem(id=f"vs_{number}", created=now, fingerprint=fingerprint)
    batch = FileBatch(
        id=f"vsfb_{number}", created=now, vector_store_id=store.id, file_ids=[file.id]
    )
    upload = Upload(
        id=f"upload_{number}",
        created=now,
        filename="a.txt",
        purpose="assistants",
        size=len(CONTENT),
        content_type="text/plain",
        expires=now + 3_600,
    )
    for item in (file, store, batch, upload):
        catalog.put(item)
    storage.store(store.id).ledger.put(
        Row(file.id, f"upload://{file.id}/a.txt", requested={}, batches=[batch.id], created=now)
    )
