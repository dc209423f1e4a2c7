"""The operation behind every storage event: make the store agree with what the bucket holds now.

Events come late, twice, or in another order than things happened; so none is believed. Each makes
us look at the object: if it is there, its text is chunked, encoded and written; if not, what we
had of it is deleted. The ledger's row says what the store may hold of a document, and is written
before the store is: whatever stops us, the next delivery finds out what is left to do.

Knows no AWS and no envelopes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Literal, Protocol

from handler.documents.document import Document
from handler.errors import (
    DocumentRejected,
    StoreConflict,
)
from handler.ingestion.leases import Clock, Lease, letting_go
from handler.ingestion.records import EncodedBatch, make_records, record_key
from handler.ingestion.sources.contract import SourceReader, SourceSnapshot
from handler.ingestion.storage_events import Change
from handler.ingestion.write_batch import REQUEST, Ready, Steps, Task, Together, Write
from handler.limits import MAX_DOCUMENT
from handler.stores.attributes import Attribute, describe, filename, read_attributes
from handler.stores.contract import Row, Store
from model_layer import Chunker, Encoder

# Of how texts are extracted and chunked. Another number: what is ingested already is so again.
RECIPE = 1
# Vectors that are deleted under one lease. S3 Vectors deletes 2,500 a second of an index, at most.
DELETED = 5_000

Result = Literal["ingested", "failed", "removed", "unchanged", "accounted for", "absent"]


@dataclass(frozen=True)
class Outcome:
    """What came of a change."""

    result: Result
    document_id: str
    chunks: int = 0  # in the store, now
    tokens: int = 0  # of them
    error: str | None = None  # why it failed


class Extract(Protocol):
    """Bytes to text. Raises DocumentRejected, or DocumentUnfinished after `seconds`."""

    def __call__(
        self, content: bytes, *, name: str, content_type: str | None, seconds: float
    ) -> Document: ...


def document_id(source: str) -> str:
    """A document's id: always the same for a source."""
    return f"file-{hashlib.sha256(source.encode()).hexdigest()[:32]}"


class Pipeline:
    """Makes a store agree with objects. Thread-safe, and so beside others at the same store."""

    def __init__(
        self,
        sources: SourceReader,
        store: Store,
        encoder: Encoder,
        chunker: Chunker,
        extract: Extract,
        *,
        clock: Clock | None = None,
        request: int = REQUEST,
    ) -> None:
        """request: bytes of records that are written at a time, at least, as long as there are
        more of them.
        """
        self._sources = sources
        self._vectors = store.index
        self._ledger = store.ledger
        self._encoder = encoder
        self._chunker = chunker
        self._extract = extract
        self._clock = clock or Clock()
        self._request = request
        self._fingerprint = encoder.bundle.fingerprint
        self._recipe = f"{self._fingerprint}/{RECIPE}/{chunker.recipe}"

    def reconcile(self, change: Change, *, deadline: float | None = None) -> Outcome:
        """Make the store agree with the object that may have changed.

        deadline: a time of `time.monotonic()`. A document that cannot be done by then is continued
            by the next call.
        Raises TryLater (DocumentUnfinished, DocumentBusy, ServiceUnavailable) if another try may succeed; a
        document for which none can is an Outcome, "failed".
        """
        (result,) = self.reconcile_all([change], deadline=deadline)
        if isinstance(result, Exception):
            raise result
        return result

    def reconcile_all(
        self, changes: Sequence[Change], *, deadline: float | None = None
    ) -> list[Outcome | Exception]:
        """Do so for several, and write their vectors together; for each, what came of it, or what
        `reconcile` would raise.
        """
        together: Together[Outcome] = Together(self._vectors, request=self._request)
        tasks: list[Task[Outcome]] = []
        begun: set[str] = set()
        for change in changes:
            if change.source in begun:  # it would wait for itself
                together.finish()
                begun.clear()
            begun.add(change.source)
            tasks.append(together.start(self._steps(change, deadline)))
        together.finish()
        return [task.result() for task in tasks]

    def _steps(self, change: Change, deadline: float | None) -> Steps[Outcome]:
        document = document_id(change.source)
        lease = Lease(self._ledger, document, deadline=deadline, clock=self._clock)
        while True:
            lease.check_time()
            try:
                return (yield from self._try(change, lease))
            except StoreConflict:
                pass  # Somebody else was faster; what is to be done now, their row will tell.

    def _try(self, change: Change, lease: Lease) -> Steps[Outcome]:
        row = lease.read()
        if row and self._is_settled(row) and not change.is_after(row.sequencer):
            return _outcome("accounted for", row)
        found = self._sources.find(change.source, deadline=lease.deadline)
        if found is None:
            return self._remove(row, lease) if row else Outcome("absent", lease.document_id)
        planned = self._plan(row, found, change)
        # Whoever writes a document again that had failed, or backfills it, has changed something:
        # restored it, or given the function more memory.
        if row and row.status == "completed" and _same_content(row, planned):
            return _outcome("unchanged", row)
        try:
            document = self._read(found, planned, lease)
            return (yield from self._write(planned, document, found, lease))
        except DocumentRejected as rejected:
            if row and not lease.taken and _failed_so(row, rejected, planned):
                return _outcome("failed", row)
            return self._reject(lease.taken or planned, rejected, found, lease)

    def _is_settled(self, row: Row) -> bool:
        """Whether the row's document was dealt with, in the way we would now."""
        return row.status != "in_progress" and row.recipe == self._recipe

    def _plan(self, row: Row | None, found: SourceSnapshot, change: Change) -> Row:
        """The row of the object, to be: what was written of the same content is kept."""
        ours = describe(change.source, found.content_type, found.modified)
        old = row or Row(document_id(change.source), change.source, created=self._clock.now())
        # Backfill's changes have no sequencer: the row accounts for the same events as before.
        is_newer = change.sequencer and change.is_after(old.sequencer)
        planned = replace(
            old,
            status="in_progress",
            error_code=None,
            error=None,
            etag=found.etag,
            version=found.version,
            size=found.size,
            modified=found.modified,
            content_type=found.content_type,
            attributes=read_attributes(found.metadata, ours),
            recipe=self._recipe,
            sequencer=change.sequencer if is_newer else old.sequencer,
        )
        if old.status == "in_progress" and _same_content(old, planned):
            return planned
        return replace(planned, written=0, offset=0, tokens=0)

    def _read(self, found: SourceSnapshot, row: Row, lease: Lease) -> Document:
        if found.size > MAX_DOCUMENT:
            raise DocumentRejected(
                "invalid_file",
                f"The document has {found.size:,} bytes; the limit is {MAX_DOCUMENT:,}. "
                "Split it into smaller ones.",
            )
        content = found.read()
        deadline = lease.deadline
        return self._extract(
            content,
            name=filename(row.source),
            content_type=found.content_type,
            seconds=inf if deadline is None else deadline - self._clock.monotonic(),
        )

    def _take(self, row: Row, found: SourceSnapshot | None, lease: Lease) -> Row:
        """Take the lease, and look at the object again: it must be what was found.

        Raises StoreConflict if it is not. Others who found what we would change to be right, or
        nothing where nothing was, have left no trace in the ledger; from now on they wait for us.
        """
        taken = lease.take(row)
        now = self._sources.find(row.source, deadline=lease.deadline)
        if (now and now.identity) != (found and found.identity):
            raise StoreConflict(f"The object of {row.document_id} has changed meanwhile.")
        return taken

    def _write(
        self, row: Row, document: Document, found: SourceSnapshot, lease: Lease
    ) -> Steps[Outcome]:
        """Write the document's vectors, from where its row says that they end, in portions."""
        with letting_go(lease, row) as progress:
            for batch in self._encode(row.offset, document, lease):
                yield Ready(batch.size)
                after = progress.written + len(batch.chunks)
                claimed = progress.of(row, chunks=max(row.chunks, after))
                row = lease.take(claimed) if lease.taken else self._take(claimed, found, lease)
                records = make_records(row, document, batch, fingerprint=self._fingerprint)
                yield Write(records, lease.write_deadline)
                progress.written, progress.offset = after, batch.following
                progress.tokens += batch.tokens
            row = self._delete_beyond(progress.written, progress.of(row), lease)
        done = replace(row, status="completed", chunks=progress.written)
        lease.settle(done)
        return _outcome("ingested", done)

    def _encode(self, offset: int, document: Document, lease: Lease) -> Iterator[EncodedBatch]:
        """The document's chunks from `offset` on, encoded, as many at a time as fill a request."""
        gathered: EncodedBatch | None = None
        for window in self._chunker.split(
            document.text, start=offset, markdown=document.is_markdown
        ):
            lease.check_time()
            texts = [document.text[chunk.start : chunk.end] for chunk in window.chunks]
            # Refused, not cut: the chunker's and the encoder's tokens are the same.
            encoded = self._encoder.encode(texts, truncate="NONE", deadline=lease.deadline)
            tokens = int(encoded.token_counts.sum())
            batch = EncodedBatch(
                window.start, window.following, [*window.chunks], encoded.vectors, tokens
            )
            gathered = gathered.with_next(batch) if gathered else batch
            if gathered.size >= self._request:
                yield gathered
                gathered = None
        if gathered:
            yield gathered

    def _reject(
        self, row: Row, rejected: DocumentRejected, found: SourceSnapshot, lease: Lease
    ) -> Outcome:
        """Note why the document cannot be ingested, and delete what there is of earlier content."""
        row = self._delete_all(row, found, lease)
        failed = replace(row, status="failed", error_code=rejected.code, error=rejected.message)
        lease.settle(failed)
        return _outcome("failed", failed)

    def _remove(self, row: Row, lease: Lease) -> Outcome:
        """Delete all there is of a document whose object is no more."""
        self._delete_all(replace(row, status="in_progress"), None, lease)
        lease.delete()
        return Outcome("removed", row.document_id)

    def _delete_all(self, row: Row, found: SourceSnapshot | None, lease: Lease) -> Row:
        row = replace(row, written=0, offset=0, tokens=0)
        with letting_go(lease, row):
            row = self._take(row, found, lease)
            return replace(self._delete_beyond(0, row, lease), chunks=0)

    def _delete_beyond(self, chunks: int, row: Row, lease: Lease) -> Row:
        """Delete the vectors from key number `chunks` on, if there may be any: the last first."""
        while row.chunks > chunks:
            lease.check_time()
            row = lease.take(row)
            first = max(chunks, row.chunks - DELETED)
            keys = [record_key(row, number) for number in range(first, row.chunks)]
            self._vectors.delete(keys, deadline=lease.write_deadline)
            row = replace(row, chunks=first)
        return row


def _outcome(result: Result, row: Row) -> Outcome:
    return Outcome(result, row.document_id, row.chunks, row.tokens, row.error)


def _failed_so(row: Row, rejected: DocumentRejected, planned: Row) -> bool:
    """Whether the row says the same of the same content already."""
    return row.status == "failed" and row.error == rejected.message and _same_content(row, planned)


def _same_content(row: Row, other: Row) -> bool:
    """Whether two rows are of the same content, ingested in the same way."""

    def content(row: Row) -> tuple[str, str, str | None, Mapping[str, Attribute]]:
        return row.etag, row.recipe, row.content_type, row.attributes

    return content(row) == content(other)
