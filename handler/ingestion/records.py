"""Chunks with their vectors, and the records that an index keeps of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handler.documents.document import Document
from handler.stores.attributes import Attribute, describe, merge_attributes, to_metadata
from handler.stores.contract import Record, VectorIndex
from handler.stores.record_key import RecordKey
from handler.stores.row import Row
from model_layer import Chunk

# The metadata that differ between the chunks of a document.
OF_A_CHUNK = ("page", "text", "heading", "start", "end", "fingerprint")


@dataclass(frozen=True)
class EncodedBatch:
    """Consecutive chunks of a document with their vectors, which are written as a whole."""

    chunks: list[Chunk]
    vectors: NDArray[np.float32]  # (chunks, 384), in the order of the chunks
    tokens: int  # that the model read
    end: int  # where in the text the next batch starts

    @property
    def size(self) -> int:
        """The approximate bytes of the records."""
        return self.vectors.nbytes + sum(chunk.end - chunk.start for chunk in self.chunks)

    def with_next(self, other: EncodedBatch) -> EncodedBatch:
        """This batch and the one after it, as one."""
        return EncodedBatch(
            self.chunks + other.chunks,
            np.concatenate([self.vectors, other.vectors]),
            self.tokens + other.tokens,
            other.end,
        )


@dataclass(frozen=True)
class CopiedBatch:
    """All chunks of a document as the index has them, to be written with other attributes."""

    chunks: list[Record]
    tokens: int  # that the model read
    end: int = 0  # the chunks do not say where the next one would start

    @property
    def size(self) -> int:
        """The approximate bytes of the records."""
        return sum(
            record.vector.nbytes + len(str(record.metadata.get("text", "")))
            for record in self.chunks
        )


Batch = EncodedBatch | CopiedBatch


def copy_batch(row: Row, index: VectorIndex, *, deadline: float | None) -> CopiedBatch | None:
    """The chunks of a completed document as the index has them; None if some are missing."""
    keys = [str(RecordKey(row.document_id, row.generation, chunk)) for chunk in range(row.chunks)]
    records = index.read(keys, deadline=deadline)
    return CopiedBatch(records, row.tokens) if keys and len(records) == len(keys) else None


def make_records(
    row: Row, document: Document | None, batch: Batch, *, fingerprint: str
) -> list[Record]:
    """The records of a batch; their numbers continue those that `row` has as written.

    Their attributes, and their generation, are those of `row`. document: None for a copy.
    fingerprint: of the model that made the vectors.
    """
    if isinstance(batch, CopiedBatch):
        return _copy(row, batch)
    assert document is not None
    shared = _document_metadata(row)
    records = []
    for place, chunk in enumerate(batch.chunks):
        metadata: dict[str, Attribute | None] = {
            **shared,
            # The page of its middle: a chunk can begin with the last words of the page before.
            "page": document.page((chunk.start + chunk.end) // 2),
            "text": document.text[chunk.start : chunk.end],
            "heading": document.section(chunk.start),
            "start": chunk.start,
            "end": chunk.end,
            "fingerprint": fingerprint,
        }
        records.append(_record(row, place, batch.vectors[place], metadata))
    return records


def _copy(row: Row, batch: CopiedBatch) -> list[Record]:
    shared = _document_metadata(row)
    return [
        _record(
            row,
            place,
            record.vector,
            {**shared, **{key: _integral(record.metadata.get(key)) for key in OF_A_CHUNK}},
        )
        for place, record in enumerate(batch.chunks)
    ]


def _document_metadata(row: Row) -> dict[str, Attribute | None]:
    """The metadata that all chunks of the document share."""
    ours = describe(row.source, row.content_type, row.modified)
    attributes = merge_attributes(row.attributes, row.stated_attributes, ours)
    return {**to_metadata(attributes, ours), "etag": row.etag, "version": row.version}


def _record(
    row: Row, place: int, vector: NDArray[np.float32], metadata: Mapping[str, Attribute | None]
) -> Record:
    key = RecordKey(row.document_id, row.generation, row.written + place)
    present = {key: value for key, value in metadata.items() if value is not None}
    return Record(str(key), vector, present)


def _integral(value: Attribute | None) -> Attribute | None:
    """91 for 91.0: S3 Vectors has one kind of number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
