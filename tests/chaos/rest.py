"""What holds of the API's stores at rest, whatever happened before."""

from __future__ import annotations

from typing import Any

import numpy as np

from handler.errors import DocumentRejected
from handler.stores.catalog import FileBatch, StoredFile, VectorStoreItem, blob_of
from handler.stores.counts import Counts
from handler.stores.record_key import RecordKey
from handler.stores.row import Row
from tests.chaos.history import _extract
from tests.chaos.upload_history import UploadHistory
from tests.handler.ingestion.uploads import Api


def check(history: UploadHistory) -> None:
    """Compare the storage with what its catalog and its rows say."""
    storage = history.storage
    look = Api(storage, history, history.encoder.bundle.fingerprint)
    files = storage.catalog.get_all(StoredFile, [file.id for file in history.files])
    assert all(file.expires is None for file in files.values()), "a file was not expired"
    blobs = set(storage.blobs.keys("files/", before=9e12))
    assert blobs >= {blob_of(file_id) for file_id in files}
    for store in history.stores:
        item = storage.catalog.get(VectorStoreItem, store)
        ledger = storage.store(store).ledger
        rows = ledger.rows(limit=1_000)
        if item is None:
            assert rows == []
            assert _found(look, store) == {}
            continue
        assert not item.deleted, f"{store} is deleted, and still there"
        if item.expires_after_days:
            assert item.expired
            assert not [row for row in rows if not row.removed]
        for row in rows:
            _check_row(history, row, files.get(row.document_id), _found(look, store))
        assert {RecordKey.parse(key).document_id for key in _found(look, store)} <= {
            row.document_id for row in rows
        }
        assert item.counts == sum(map(_counted, rows), Counts())
    for batch in history.batches:
        now = storage.catalog.get(FileBatch, batch.id)
        if now is not None:
            assert now.all_counts.in_progress == 0, f"{batch.id} is not settled"
            assert now.all_counts.total == len(batch.file_ids)


def check_orphans(history: UploadHistory) -> None:
    """No index has a record that its store's rows do not know of. (In a file only.)"""
    look = Api(history.storage, history, history.encoder.bundle.fingerprint)
    for store in history.stores:
        rows = history.storage.store(store).ledger.rows(limit=1_000)
        known = sum(row.chunks for row in rows)
        assert look.records(store) == known, f"{store} has vectors that nobody knows of"


def _found(look: Api, store: str) -> dict[str, Any]:
    anything = np.ones(384, np.float32)
    matches = look.storage.store(store).index.search_vectors(anything, limit=100)
    return {match.key: match.metadata for match in matches}


def _counted(row: Row) -> Counts:
    return Counts() if row.removed else Counts(**{row.status: 1}, usage_bytes=row.usage_bytes)


def _check_row(
    history: UploadHistory, row: Row, file: StoredFile | None, found: dict[str, Any]
) -> None:
    of_row = {
        key: metadata
        for key, metadata in found.items()
        if RecordKey.parse(key).document_id == row.document_id
    }
    assert row.earlier == {}
    assert row.batches == ()
    if file is None:
        assert row.removed, f"{row.document_id} is gone, and still in the store: {row}"
    if row.removed or row.status in ("cancelled", "failed"):
        assert of_row == {}
        assert (row.chunks, row.current) == (0, None)
        if row.removed or row.status == "cancelled":
            return
    content = history.contents[row.document_id]
    try:
        text = _extract(content, name="a.txt", content_type=None, seconds=60).text
    except DocumentRejected as rejected:
        assert (row.status, row.error) == ("failed", rejected.message)
        return
    assert row.status == "completed", row
    chunker = history.chunker
    if row.chunk_tokens is not None:
        chunker = chunker.resized(row.chunk_tokens, row.chunk_overlap or 0)
    windows = chunker.split(text)
    texts = [text[chunk.start : chunk.end] for window in windows for chunk in window.chunks]
    keys = [str(RecordKey(row.document_id, row.generation, n)) for n in range(len(texts))]
    assert {key: metadata["text"] for key, metadata in of_row.items()} == dict(
        zip(keys, texts, strict=True)
    )
    assert row.requested is not None
    assert row.attributes == row.requested
    assert all(metadata.items() >= row.requested.items() for metadata in of_row.values())
    assert all("Team" in row.requested or "Team" not in one for one in of_row.values())
