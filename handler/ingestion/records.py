"""Chunks with their vectors, and the records that an index keeps of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handler.documents.document import Document
from handler.stores.attributes import Attribute, describe, merge_attributes
from handler.stores.contract import Record, Row
from handler.stores.record_key import RecordKey
from model_layer import Chunk


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


def make_records(
    row: Row, document: Document, batch: EncodedBatch, *, fingerprint: str
) -> list[Record]:
    """The records of a batch; their numbers continue those that `row` has as written.

    fingerprint: of the model that made the vectors.
    """
    ours = describe(row.source, row.content_type, row.modified)
    attributes = merge_attributes(row.attributes, row.stated_attributes, ours)
    records = []
    for place, chunk in enumerate(batch.chunks):
        metadata: dict[str, Attribute | None] = {
            **attributes,
            **ours,
            # The page of its middle: a chunk can begin with the last words of the page before.
            "page": document.page((chunk.start + chunk.end) // 2),
            "text": document.text[chunk.start : chunk.end],
            "heading": document.section(chunk.start),
            "start": chunk.start,
            "end": chunk.end,
            "etag": row.etag,
            "version": row.version,
            "fingerprint": fingerprint,
        }
        present = {key: value for key, value in metadata.items() if value is not None}
        key = RecordKey(row.document_id, row.generation, row.written + place)
        records.append(Record(str(key), batch.vectors[place], present))
    return records
