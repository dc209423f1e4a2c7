"""Rows and items as OpenAI's objects."""

from __future__ import annotations

from typing import Literal, cast, get_args

from handler.stores.attributes import Attribute, describe, filename, merge_attributes
from handler.stores.catalog import FileBatch, VectorStoreItem
from handler.stores.contract import Store
from handler.stores.counts import Counts
from handler.stores.row import Row
from handler.vector_stores.schemas import (
    ChunkingStrategy,
    ChunkSizes,
    ErrorCode,
    FileCounts,
    LastError,
    VectorStore,
    VectorStoreExpiry,
    VectorStoreFile,
    VectorStoreFileBatch,
)


def describe_made_store(item: VectorStoreItem, now: float) -> VectorStore:
    """A vector store that the API made."""
    days, expires = item.expires_after_days, item.expires
    return VectorStore(
        id=item.id,
        object="vector_store",
        name=item.name,
        description=item.description,
        created_at=int(item.created),
        last_active_at=int(item.last_active) or None,
        status="expired" if item.is_expired(now) else _status(item.counts),
        file_counts=_file_counts(item.counts),
        usage_bytes=item.counts.usage_bytes,
        metadata=None if item.metadata is None else dict(item.metadata),
        expires_after=None
        if days is None
        else VectorStoreExpiry(anchor="last_active_at", days=days),
        expires_at=None if expires is None else int(expires),
    )


def describe_source_store(
    store_id: str, counts: Counts, ends: tuple[Row, Row] | None
) -> VectorStore:
    """The store of the bucket or folder. ends: its first file and its last one, if it has any."""
    return VectorStore(
        id=store_id,
        object="vector_store",
        name=store_id,
        description=None,
        created_at=int(ends[0].created) if ends else 0,
        last_active_at=int(ends[1].updated) if ends else None,
        status=_status(counts),
        file_counts=_file_counts(counts),
        usage_bytes=counts.usage_bytes,
        metadata={},
        expires_at=None,
    )


def _status(counts: Counts) -> Literal["in_progress", "completed"]:
    return "in_progress" if counts.in_progress else "completed"


def _file_counts(counts: Counts) -> FileCounts:
    return FileCounts(
        in_progress=counts.in_progress,
        completed=counts.completed,
        failed=counts.failed,
        cancelled=counts.cancelled,
        total=counts.total,
    )


def describe_batch(batch: FileBatch) -> VectorStoreFileBatch:
    """A file batch."""
    counts = batch.all_counts
    status: Literal["in_progress", "completed", "cancelled", "failed"] = _status(counts)
    if batch.cancelled:
        status = "cancelled"
    elif counts.failed == counts.total:
        status = "failed"
    return VectorStoreFileBatch(
        id=batch.id,
        object="vector_store.files_batch",
        created_at=int(batch.created),
        vector_store_id=batch.vector_store_id,
        status=status,
        file_counts=_file_counts(counts),
    )


class FileDescriber:
    """Describes files of vector stores.

    max_tokens, overlap: the server's sizes of chunks, for files that have none of their own.
    """

    def __init__(self, *, max_tokens: int, overlap: int) -> None:
        self._max_tokens, self._overlap = max_tokens, overlap

    def __call__(self, row: Row, store: Store) -> VectorStoreFile:
        """The file of a row."""
        tokens, overlap = row.chunk_tokens, row.chunk_overlap
        sizes = ChunkSizes(
            max_chunk_size_tokens=self._max_tokens if tokens is None else tokens,
            chunk_overlap_tokens=self._overlap if overlap is None else overlap,
        )
        return VectorStoreFile(
            id=row.document_id,
            object="vector_store.file",
            created_at=int(row.created),
            vector_store_id=store.id,
            status=row.status,
            last_error=_last_error(row),
            warnings=list(row.warnings),
            usage_bytes=row.usage_bytes,
            attributes=_attributes(row),
            chunking_strategy=ChunkingStrategy(type="static", static=sizes),
            filename=filename(row.source),
            source=row.source,
            content_type=row.content_type,
            chunks=row.written,
            tokens=row.tokens,
            updated_at=int(row.updated),
        )


def _attributes(row: Row) -> dict[str, Attribute]:
    if row.requested is not None:
        return dict(row.requested)
    ours = describe(row.source, row.content_type, row.modified)
    return merge_attributes(row.attributes, row.stated_attributes, ours)


def _last_error(row: Row) -> LastError | None:
    if row.status != "failed":
        return None
    code = row.error_code if row.error_code in get_args(ErrorCode) else "server_error"
    return LastError(
        code=cast(ErrorCode, code), message=row.error or "The file could not be processed."
    )
