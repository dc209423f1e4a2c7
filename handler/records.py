"""Chunks and their vectors to records: what a store keeps of a document."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from handler.attributes import Attribute, describe
from handler.documents.document import Document
from handler.stores.contract import Record, Row
from model_layer import Window

HEADING = 300  # characters of it that are kept with a chunk


def record_key(row: Row, chunk: int) -> str:
    """The key of a document's chunk, by its number: always the same."""
    return f"{row.document}#{chunk}"


def make_records(
    row: Row,
    document: Document,
    window: Window,
    vectors: NDArray[np.float32],
    *,
    fingerprint: str,
) -> list[Record]:
    """The records of a window's chunks, whose numbers go on from those that `row` has as written.

    vectors: (chunks, 384), in their order. fingerprint: of the model that they are of.
    """
    ours = describe(row.source, row.content_type, row.modified)
    records = []
    for place, chunk in enumerate(window.chunks):
        heading = document.heading(chunk.start)
        metadata: dict[str, Attribute | None] = {
            **row.attributes,
            **ours,
            # Of its middle: a chunk can begin with the last words of the page before.
            "page": document.page((chunk.start + chunk.end) // 2),
            "text": document.text[chunk.start : chunk.end],
            "heading": heading and heading[:HEADING],
            "start": chunk.start,
            "end": chunk.end,
            "etag": row.etag,
            "version": row.version,
            "fingerprint": fingerprint,
        }
        present = {key: value for key, value in metadata.items() if value is not None}
        records.append(Record(record_key(row, row.written + place), vectors[place], present))
    return records
