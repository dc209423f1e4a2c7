"""One attempt to make the store agree with one source.

Reads the row and the source, and then prepares, claims and commits one batch after the other. The
row says what the index may hold of a document, and is written before the index is: whatever stops
an attempt, the next one finds out what is left to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from math import inf
from typing import TypeVar

from handler.documents.document import Document
from handler.errors import DocumentRejected, SourceChanged, StoreConflict
from handler.ingestion.change import Change
from handler.ingestion.document_encoder import DocumentEncoder
from handler.ingestion.leases import Clock, Lease
from handler.ingestion.outcome import Outcome
from handler.ingestion.owners import Owners
from handler.ingestion.planning import (
    abandoned,
    document_id,
    failed_alike,
    plan_row,
    same_content,
    same_description,
    with_stated,
)
from handler.ingestion.records import Batch, copy_batch, make_records
from handler.ingestion.sources.contract import SourceReader, SourceSnapshot
from handler.ingestion.write_batch import PendingWrite
from handler.stores.attributes import filename
from handler.stores.contract import Store
from handler.stores.record_key import RecordKey
from handler.stores.row import Row

# How often an attempt begins if the source or the row keeps changing, and the pause before it does.
MAX_TRIES = 3
PAUSE_SECONDS = 0.2

# Vectors that are deleted under one lease. S3 Vectors deletes 2,500 a second of an index, at most.
MAX_DELETED = 5_000

T = TypeVar("T")


@dataclass(frozen=True)
class Components:
    """The collaborators of every attempt."""

    sources: SourceReader
    store: Store
    encoder: DocumentEncoder
    clock: Clock
    owners: Owners
    min_write_bytes: int


class Attempt:
    """A document on its way into the store; see `write_batch.PendingDocument`.

    `result` is None until the attempt ends. Then it is the outcome, or the exception: TryLater if
    another attempt may succeed, otherwise a bug.
    """

    def __init__(self, change: Change, components: Components, *, deadline: float | None) -> None:
        self.result: Outcome | Exception | None = None
        self._tries = 0  # that began, and found something changed
        self._change = change
        self._components = components
        self._lease = Lease(
            components.store.ledger,
            document_id(change.source),
            deadline=deadline,
            clock=components.clock,
            owners=components.owners,
        )
        self._snapshot: SourceSnapshot | None = None  # as it was found
        self._known: Row | None = None  # as it was read
        self._document: Document | None = None
        self._batches: Iterator[Batch] | None = None  # None: to begin, or to begin again
        self._batch: Batch | None = None  # prepared, and not committed

    @property
    def final_result(self) -> Outcome | Exception:
        """The result, now that there is one."""
        assert self.result is not None, f"{self._lease.document_id} has not ended"
        return self.result

    def prepare(self) -> int | None:
        """Read and encode until a batch can be written. Its size in bytes; None at the end."""
        while self.result is None:
            if size := self._guarded(self._prepare):
                return size
        # An invocation keeps its attempts to the end; their texts and vectors can be large.
        self._document = self._batches = self._batch = None
        return None

    def claim(self) -> PendingWrite | None:
        """Hold the lease for the prepared batch. None if the attempt begins again, or has ended."""
        return self._guarded(self._claim)

    def commit(self) -> None:
        """Note that the prepared batch is written."""
        assert self._batch is not None
        row, batch = self._lease.row, self._batch
        self._lease.change(
            written=row.written + len(batch.chunks),
            offset=batch.end,
            tokens=row.tokens + batch.tokens,
        )

    def fail(self, error: BaseException) -> None:
        """Note that the prepared batch could not be written."""

        def fail() -> None:
            with self._lease.released_on_failure():
                raise error

        self._guarded(fail)

    def _guarded(self, step: Callable[[], T]) -> T | None:
        """The step's result; None if it failed: the attempt then begins again, or has ended."""
        try:
            try:
                return step()
            except DocumentRejected as rejected:
                self.result = self._reject(rejected)
        except (StoreConflict, SourceChanged) as changed:
            self._begin_again(changed)
        except Exception as error:
            self.result = error
        return None

    def _begin_again(self, changed: StoreConflict | SourceChanged) -> None:
        """Let the next step begin with the row and the source as they are then; but not for ever.

        The last try's exception is the result: what keeps changing is looked at again later.
        """
        self._tries += 1
        self._batches = None
        if self._tries == MAX_TRIES:
            self.result = changed
        else:
            self._components.clock.sleep(PAUSE_SECONDS)

    def _prepare(self) -> int | None:
        if self._batches is None:
            self._begin()
        if self._batches is None:
            return None
        with self._lease.released_on_failure():
            self._batch = next(self._batches, None)
        if self._batch is None:
            self.result = self._finish()
            return None
        return self._batch.size

    def _begin(self) -> None:
        """Read the row and the source: leaves batches to write, or a result if there are none."""
        lease, components, change = self._lease, self._components, self._change
        lease.check_time()
        self._known = row = lease.read()
        if row and self._is_settled(row) and change.repeats(row.sequencer):
            self.result = Outcome.of("accounted for", row)
            return
        self._snapshot = found = components.sources.find(change.source, deadline=lease.deadline)
        if found is None:
            self.result = self._remove() if row else Outcome("absent", lease.document_id)
            return
        recipe, now = components.encoder.recipe, components.clock.now()
        lease.plan(plan_row(row, found, change, recipe=recipe, now=now))
        # A failed document that is written again or backfilled is tried again: the user may have
        # restored it, or given the function more memory.
        if row and row.status == "completed" and same_content(row, lease.row):
            if same_description(row, lease.row):
                is_old = not change.is_after(row.sequencer)
                self.result = Outcome.of("accounted for" if is_old else "unchanged", row)
                return
            if batch := copy_batch(row, components.store.index, deadline=lease.deadline):
                lease.plan(with_stated(lease.row, found, row.stated_attributes, row.warnings))
                self._batches = iter([batch])
                return
        self._document = document = self._read(found)
        lease.plan(with_stated(lease.row, found, document.attributes, document.warnings))
        self._batches = components.encoder.batches(
            self._document,
            start=lease.row.offset,
            min_bytes=components.min_write_bytes,
            deadline=lease.deadline,
            check_time=lease.check_time,
        )

    def _is_settled(self, row: Row) -> bool:
        """Whether the row's document was dealt with, in the way it would be now."""
        return row.status != "in_progress" and row.recipe == self._components.encoder.recipe

    def _read(self, found: SourceSnapshot) -> Document:
        deadline = self._lease.deadline
        return self._components.encoder.read(
            found,
            name=filename(self._change.source),
            seconds=inf if deadline is None else deadline - self._components.clock.monotonic(),
        )

    def _claim(self) -> PendingWrite:
        assert self._batch is not None
        lease, batch = self._lease, self._batch
        with lease.released_on_failure():
            if not lease.held and self._left_behind():
                # Now, and not at the end, so that a row never has more than two generations.
                self._acquire()
                self._delete_earlier(self._left_behind())
            end = lease.row.written + len(batch.chunks)
            lease.change(chunks=max(lease.row.chunks, end))
            if lease.held:
                lease.acquire()
            else:
                self._acquire()
            records = make_records(
                lease.row, self._document, batch, fingerprint=self._components.encoder.fingerprint
            )
        return PendingWrite(records, lease.write_deadline)

    def _acquire(self) -> None:
        """Acquire the lease, and look at the source again: it must still be what was found.

        Raises SourceChanged if it is not. Another attempt that found nothing to do has left no
        trace in the ledger, so the change it saw must be seen here. Later attempts wait for ours.
        """
        self._lease.acquire()
        found = self._snapshot
        now = self._components.sources.find(self._change.source, deadline=self._lease.deadline)
        if (now and now.identity) == (found and found.identity):
            return
        if now and found and found.is_copy and self._tries == MAX_TRIES - 1:
            return  # A file that never rests, such as a log: the next run reads the rest.
        raise SourceChanged(
            f"The source of {self._lease.document_id} is changing: it is tried again later."
        )

    def _finish(self) -> Outcome:
        """Let searches find the document as it is now, delete what it was, and complete its row."""
        lease = self._lease
        with lease.released_on_failure():
            lease.change(current=lease.row.generation)
            self._delete_earlier(lease.row.earlier)
        lease.complete(status="completed")
        return Outcome.of("ingested", lease.row)

    def _reject(self, rejected: DocumentRejected) -> Outcome:
        """Note why the document cannot be ingested, and delete the chunks of earlier content."""
        known, lease = self._known, self._lease
        if known and not lease.held and failed_alike(known, rejected, lease.row):
            return Outcome.of("failed", known)
        self._delete_all()
        lease.complete(status="failed", error_code=rejected.code, error=rejected.message)
        return Outcome.of("failed", lease.row)

    def _remove(self) -> Outcome:
        """Delete everything of a document whose source is gone."""
        self._lease.change(status="in_progress")
        self._delete_all()
        self._lease.delete()
        return Outcome("removed", self._lease.document_id)

    def _delete_all(self) -> None:
        lease = self._lease
        lease.plan(replace(abandoned(lease.row), current=None))
        with lease.released_on_failure():
            self._acquire()
            self._delete_earlier(lease.row.earlier)

    def _left_behind(self) -> list[str]:
        """The generations that neither searches find nor this attempt writes."""
        row = self._lease.row
        return [generation for generation in row.earlier if generation != row.current]

    def _delete_earlier(self, generations: Iterable[str]) -> None:
        """Delete the vectors of earlier generations, the last ones of each first.

        Each lease is acquired by a write of the row, so the row no longer has them as current.
        """
        lease, index = self._lease, self._components.store.index
        for generation in list(generations):
            while chunks := lease.row.earlier[generation]:
                lease.check_time()
                lease.acquire()
                first = max(0, chunks - MAX_DELETED)
                keys = [
                    str(RecordKey(lease.document_id, generation, chunk))
                    for chunk in range(first, chunks)
                ]
                index.delete(keys, deadline=lease.write_deadline)
                lease.change(earlier={**lease.row.earlier, generation: first})
            kept = {name: left for name, left in lease.row.earlier.items() if name != generation}
            lease.change(earlier=kept)
