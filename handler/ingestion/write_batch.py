"""Writes that several documents share.

S3 Vectors charges each write as at least 128 KB, about forty chunks. One-page documents, written
one by one, would mostly pay for that minimum.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from handler.errors import TryLater
from handler.stores.contract import Record, VectorIndex

MIN_WRITE_BYTES = 131_072


@dataclass(frozen=True)
class PendingWrite:
    """Records that may be written now."""

    records: list[Record]
    deadline: float  # of time.monotonic()


class PendingDocument(Protocol):
    """A document on its way into the index: prepare → claim → commit, once for each batch."""

    def prepare(self) -> int | None:
        """Get a batch ready to be written. Its size in bytes; None if the document has ended."""

    def claim(self) -> PendingWrite | None:
        """Make sure that the batch may be written; None if it may not: prepare again."""

    def commit(self) -> None:
        """Note that the batch is written."""

    def fail(self, error: BaseException) -> None:
        """Note that the batch could not be written, or not for certain."""


class WriteBatcher:
    """Lets documents wait for each other until their batches fill one write."""

    def __init__(self, index: VectorIndex, *, min_write_bytes: int = MIN_WRITE_BYTES) -> None:
        self._index = index
        self._min_write_bytes = min_write_bytes
        self._waiting: list[PendingDocument] = []
        self._size = 0  # bytes, of the batches that wait

    def add(self, document: PendingDocument) -> None:
        """Prepare a document, and write what waits if that is enough for a write.

        Of the documents that take several writes, one at most is left waiting: each is in memory.
        """
        self._prepare(document)
        if self._size >= self._min_write_bytes:
            self._flush()
        while self._size >= self._min_write_bytes and len(self._waiting) > 1:
            self._flush()

    def finish(self) -> None:
        """Write until no document waits any more."""
        while self._waiting:
            self._flush()

    def _prepare(self, document: PendingDocument) -> None:
        size = document.prepare()
        if size is not None:
            self._waiting.append(document)
            self._size += size

    def _flush(self) -> None:
        """Claim, write and commit all that waits, and prepare what comes next."""
        documents, self._waiting, self._size = self._waiting, [], 0
        claims = [(document, document.claim()) for document in documents]
        self._write([(document, write) for document, write in claims if write])
        for document in documents:
            self._prepare(document)

    def _write(self, writes: list[tuple[PendingDocument, PendingWrite]]) -> None:
        """Write the batches of several documents in one go."""
        if not writes:
            return
        records = [record for _, write in writes for record in write.records]
        try:
            self._index.upsert(records, deadline=min(write.deadline for _, write in writes))
        except TryLater as error:
            for document, _ in writes:
                document.fail(error)
        except KeyboardInterrupt as error:
            for document, _ in writes:
                with suppress(KeyboardInterrupt):  # each releases its lease
                    document.fail(error)
            raise
        except Exception as error:
            if len(writes) > 1:  # one of them is to blame
                for write in writes:
                    self._write([write])
            else:
                writes[0][0].fail(error)
        else:
            for document, _ in writes:
                document.commit()
