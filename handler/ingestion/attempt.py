"""One attempt to make the store agree with one source.

Reads the row and the source, and then prepares, claims and commits one batch after the other. The
row says what the index may hold of a document, and is written before the index is: whatever stops
an attempt, the next one finds out what is left to do.

The API writes the row of an uploaded file at any time, and says there what it wants: the attempt
then begins again. It never makes such a row, and never deletes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from math import inf
from typing import TypeVar

from handler.documents.document import Document
from handler.errors import DocumentRejected, SourceChanged, StoreConflict, StoreGone
from handler.ingestion.change import Change
from handler.ingestion.components import Components
from handler.ingestion.deletion import delete_generations
from handler.ingestion.leases import Lease
from handler.ingestion.outcome import Outcome
from handler.ingestion.planning import (
    abandoned,
    continuation,
    document_id,
    failed_alike,
    is_withdrawn,
    leaves_nothing,
    plan_row,
    with_stated,
)
from handler.ingestion.records import Batch, copy_batch, make_records
from handler.ingestion.sources.contract import SourceSnapshot
from handler.ingestion.write_batch import PendingWrite
from handler.stores.attributes import filename
from handler.stores.row import Row
from handler.stores.upload_source import is_upload

# How often an attempt begins if the source or the row keeps changing, and the pause before it does.
MAX_TRIES = 3
PAUSE_SECONDS = 0.2

T = TypeVar("T")


class Attempt:
    """A document on its way into the store; see `write_batch.PendingDocument`.

    `result` is None until the attempt ends. Then it is the outcome, or the exception: TryLater if
    another attempt may succeed, otherwise a bug.
    """

    def __init__(self, change: Change, components: Components, *, deadline: float | None) -> None:
        self.result: Outcome | Exception | None = None
        self._tries = 0  # that began, and found something changed
        self._change, self._components = change, components
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
        except StoreGone:  # with all that is in it
            self.result = Outcome("absent", self._lease.document_id)
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
        is_wanted, found = not row.removed if row else not is_upload(change.source), None
        if is_wanted:
            found = components.sources.find(change.source, deadline=lease.deadline)
        self._snapshot = found
        if row and found and is_withdrawn(row):
            self.result = self._withdraw(removed=0.0)
            return
        if found is None:
            self.result = self._remove() if row else Outcome("absent", lease.document_id)
            return
        recipe, now = components.encoder.recipe_of(row), components.clock.now()
        lease.plan(plan_row(row, found, change, recipe=recipe, now=now))
        if row is None or not self._continue(row, found):
            self._begin_reading(found)

    def _continue(self, row: Row, found: SourceSnapshot) -> bool:
        """Go on from what the row has of the same content. False if the document must be read."""
        lease = self._lease
        match continuation(row, lease.row):
            case "settled":
                is_old = not self._change.is_after(row.sequencer)
                self.result = Outcome.of("accounted for" if is_old else "unchanged", row)
                return True
            case "whole":
                lease.plan(replace(row, sequencer=lease.row.sequencer))
                self._batches = iter(())
                return True
            case "copy":
                batch = copy_batch(row, self._components.store.index, deadline=lease.deadline)
                if batch:
                    stated, warnings = row.stated_attributes, row.warnings
                    lease.plan(with_stated(lease.row, found, stated, warnings))
                    self._batches = iter([batch])
                return batch is not None
        return False

    def _begin_reading(self, found: SourceSnapshot) -> None:
        lease, components = self._lease, self._components
        left = inf if lease.deadline is None else lease.deadline - components.clock.monotonic()
        name = filename(self._change.source)
        self._document = document = components.encoder.read(found, name=name, seconds=left)
        lease.plan(with_stated(lease.row, found, document.attributes, document.warnings))
        self._batches = components.encoder.batches(
            document,
            sizes=lease.row,
            start=lease.row.offset,
            min_bytes=components.min_write_bytes,
            deadline=lease.deadline,
            check_time=lease.check_time,
        )

    def _is_settled(self, row: Row) -> bool:
        """Whether the row's document was dealt with, in the way it would be now."""
        return row.status != "in_progress" and row.recipe == self._components.encoder.recipe_of(row)

    def _claim(self) -> PendingWrite:
        assert self._batch is not None
        lease, batch = self._lease, self._batch
        with lease.released_on_failure():
            if not lease.held and self._left_behind():
                # Now, and not at the end, so that a row never has more than two generations.
                self._acquire()
                self._delete(self._left_behind())
            end = lease.row.written + len(batch.chunks)
            lease.change(chunks=max(lease.row.chunks, end))
            acquire = lease.acquire if lease.held else self._acquire
            acquire()
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
        # A file that never rests, such as a log: the next run reads the rest.
        never_rests = now and found and found.is_copy and self._tries == MAX_TRIES - 1
        if never_rests or (now and now.identity) == (found and found.identity):
            return
        raise SourceChanged(
            f"The source of {self._lease.document_id} is changing: it is tried again later."
        )

    def _finish(self) -> Outcome:
        """Let searches find the document as it is now, delete what it was, and complete its row."""
        lease = self._lease
        with lease.released_on_failure():
            lease.change(current=lease.row.generation)
            self._delete(lease.row.earlier)
        lease.complete(status="completed", error_code=None, error=None)
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
        if (row := self._lease.row).requested is not None:
            return self._withdraw(removed=row.removed or self._components.clock.now())
        self._lease.change(status="in_progress")
        self._delete_all()
        self._lease.delete()
        return Outcome("removed", self._lease.document_id)

    def _withdraw(self, *, removed: float) -> Outcome:
        """Delete the vectors of an uploaded file that the store is not to have; keep its row."""
        lease = self._lease
        if removed == lease.row.removed and leaves_nothing(lease.row):
            return Outcome.of("accounted for", lease.row)
        lease.plan(replace(abandoned(lease.row), current=None, removed=removed))
        if lease.row.earlier:
            with lease.released_on_failure():
                lease.acquire()
                self._delete(lease.row.earlier)
        lease.complete()
        return Outcome("removed", lease.document_id)

    def _delete_all(self) -> None:
        self._lease.plan(replace(abandoned(self._lease.row), current=None))
        with self._lease.released_on_failure():
            self._acquire()
            self._delete(self._lease.row.earlier)

    def _left_behind(self) -> list[str]:
        """The generations that neither searches find nor this attempt writes."""
        row = self._lease.row
        return [generation for generation in row.earlier if generation != row.current]

    def _delete(self, generations: Iterable[str]) -> None:
        delete_generations(self._lease, self._components.store.index, generations)
