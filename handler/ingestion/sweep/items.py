"""Other items of the catalog in the sweep: files, uploads and their parts, batches and keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from handler.errors import StoreConflict
from handler.ingestion.sweep.steps import DAY, Site, Swept, all_items
from handler.stores.catalog import (
    FileBatch,
    IdempotencyKey,
    StoredFile,
    Upload,
    UploadPart,
    VectorStoreItem,
    blob_of_part,
    parts_of,
)
from handler.stores.removal import delete_file

UPLOAD_GRACE_SECONDS = 3_600.0  # for an upload that is being completed when its time is over


def sweep_files(site: Site, after: str) -> Iterator[tuple[str, Swept]]:
    """Delete the files whose time is over."""
    for page in all_items(site, StoredFile, after):
        for file in page:
            if file.is_expired(site.now):
                delete_file(site.storage, file, now=site.now)
                yield file.id, Swept(files=1)
        yield page[-1].id, Swept()


def sweep_uploads(site: Site, after: str) -> Iterator[tuple[str, Swept]]:
    """Expire uploads with their parts. They are forgotten a day later."""
    for page in all_items(site, Upload, after):
        for upload in page:
            if upload.status == "pending" and upload.expires + UPLOAD_GRACE_SECONDS < site.now:
                yield upload.id, _expire(site, upload)
            elif upload.status != "pending" and upload.expires + DAY < site.now:
                site.storage.catalog.delete(upload)
        yield page[-1].id, Swept()


def _expire(site: Site, upload: Upload) -> Swept:
    try:
        site.storage.catalog.put(replace(upload, status="expired"))
    except StoreConflict:  # it is being completed after all
        return Swept()
    # Their items are deleted when they are a day old.
    site.storage.blobs.delete([*site.storage.blobs.keys(parts_of(upload.id), before=site.now)])
    return Swept(uploads=1)


def sweep_parts(site: Site, after: str) -> Iterator[tuple[str, Swept]]:
    """Delete parts that are older than any upload in progress."""
    for page in all_items(site, UploadPart, after):
        old = [part for part in page if part.created + DAY < site.now]
        site.storage.blobs.delete([blob_of_part(part.upload_id, part.id) for part in old])
        for part in old:
            site.storage.catalog.delete(part)
        yield page[-1].id, Swept(parts=len(old))


def sweep_batches(site: Site, after: str) -> Iterator[tuple[str, Swept]]:
    """Delete the batches of stores that are gone."""
    for page in all_items(site, FileBatch, after):
        ids = sorted({batch.vector_store_id for batch in page})
        stores = site.storage.catalog.get_all(VectorStoreItem, ids)
        left = [batch for batch in page if batch.vector_store_id not in stores]
        for batch in left:
            site.storage.catalog.delete(batch)
        yield page[-1].id, Swept(batches=len(left))


def sweep_keys(site: Site, after: str) -> Iterator[tuple[str, Swept]]:
    """Delete idempotency keys that no longer count."""
    for page in all_items(site, IdempotencyKey, after):
        old = [key for key in page if key.created + 2 * DAY < site.now]
        for key in old:
            site.storage.catalog.delete(key)
        yield page[-1].id, Swept(keys=len(old))
