"""Uploaded files, and a worker that does what waits for them, in this process."""

from __future__ import annotations

import hashlib
import io
import time

from handler.stores.catalog import StoredFile, blob_of
from handler.stores.contract import Storage
from handler.stores.ids import new_id


def upload(storage: Storage, name: str, content: bytes, *, expires: float | None = None) -> str:
    """An uploaded file's id."""
    now = time.time()
    file_id = new_id("file-", now)
    storage.blobs.write(blob_of(file_id), io.BytesIO(content))
    digest = hashlib.sha256(content).hexdigest()
    storage.catalog.put(
        StoredFile(
            id=file_id, created=now, filename=name, purpose="assistants", size=len(content),
            sha256=digest, content_type="text/plain", expires=expires,
        )
    )  # fmt: skip
    return file_id
