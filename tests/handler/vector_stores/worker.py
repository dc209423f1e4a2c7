"""Uploaded files, and a worker that does in this process what waits for them."""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Iterator
from contextlib import contextmanager

from handler.documents.sandbox import Sandbox
from handler.ingestion.document_encoder import make_document_encoder
from handler.ingestion.tasks import GivenTask, TaskRunner
from handler.settings import Settings
from handler.stores.catalog import StoredFile, blob_of
from handler.stores.ids import new_id
from handler.stores.sqlite.storage import SqliteStorage
from model_layer import Encoder


def upload(
    storage: SqliteStorage, name: str, content: bytes = b"A pump.", *, expires: float | None = None
) -> str:
    """An uploaded file's id. expires: s since 1970."""
    now = time.time()
    file_id = new_id("file-", now)
    storage.blobs.write(blob_of(file_id), io.BytesIO(content))
    storage.catalog.put(
        StoredFile(
            id=file_id,
            created=now,
            filename=name,
            purpose="assistants",
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            content_type="text/plain",
            expires=expires,
        )
    )
    return file_id


class StoreWorker:
    """Does tasks when it is told to."""

    def __init__(self, storage: SqliteStorage, encoder: Encoder, sandbox: Sandbox) -> None:
        self._storage = storage
        self._runner = TaskRunner(storage, make_document_encoder(encoder, Settings(), sandbox))

    def drain(self) -> None:
        """Do what waits."""
        while taken := self._storage.tasks.take():
            self._runner.run(GivenTask(taken.task, taken.tries))
            self._storage.tasks.done(taken)


@contextmanager
def working(storage: SqliteStorage, encoder: Encoder) -> Iterator[StoreWorker]:
    """A worker, with a process that reads documents."""
    with Sandbox() as sandbox:
        yield StoreWorker(storage, encoder, sandbox)
