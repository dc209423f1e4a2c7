"""Who may write a document's vectors: the holder of its lease, which is a part of its ledger row.

A lease is taken by writing the row, which one of several does first, and lasts for a while: who
vanishes with one (Lambda stops what takes too long) keeps nobody waiting for ever.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from random import uniform

from handler.errors import DocumentBusy, DocumentUnfinished, ServiceUnavailable, TryLater
from handler.stores.contract import Ledger, Row
from model_layer import DeadlineExceeded

# Seconds that a document's vectors are ours to write, from the last time we wrote its row; and
# that a write may take, so that it has ended by then. Both start anew when we begin to write the
# row: that can take long, too.
LEASE, WRITE = 60.0, 30.0
MOMENT = 0.5  # s
PATIENCE = 20.0  # s to wait for somebody else to be done with the document


class Clock:
    """The time; tests have another."""

    now = staticmethod(time.time)
    monotonic = staticmethod(time.monotonic)
    sleep = staticmethod(time.sleep)


class Lease:
    """One attempt's hold of a document's row."""

    def __init__(
        self, ledger: Ledger, document_id: str, *, deadline: float | None, clock: Clock
    ) -> None:
        """deadline: of `time.monotonic()`; the attempt ends by then."""
        self.document_id = document_id
        self.deadline = deadline
        self._ledger = ledger
        self._clock = clock
        self._owner = uuid.uuid4().hex
        self._row: Row | None = None  # as the ledger has it, as far as we know
        self._began = clock.monotonic()  # to take the lease, the last time

    def read(self) -> Row | None:
        """The document's row, once nobody else has its lease. Raises DocumentBusy, DocumentUnfinished."""
        patience = self._clock.monotonic() + PATIENCE
        while True:
            self._row = row = self._ledger.get(self.document_id, deadline=self.deadline)
            if row is None or row.owner in (None, self._owner):
                return row
            if row.leased_until <= self._clock.now():
                return row
            self.check_time()
            if self._clock.monotonic() > patience:
                raise DocumentBusy(f"{self.document_id} is being ingested by another invocation.")
            self._clock.sleep(uniform(0.2, 1.0))

    def take(self, row: Row) -> Row:
        """Write the row, and have the lease from now on.

        Raises StoreConflict if somebody else has written the row since it was read.
        """
        now, self._began = self._clock.now(), self._clock.monotonic()
        taken = replace(row, owner=self._owner, leased_until=now + LEASE, updated=now)
        self._row = self._ledger.put(taken, deadline=self.deadline)
        return self._row

    @property
    def taken(self) -> Row | None:
        """The row that was written last, if we have the lease by it."""
        return self._row if self._row is not None and self._row.owner == self._owner else None

    @property
    def write_deadline(self) -> float:
        """When a write of vectors must have ended, now that the row is written."""
        within = self._began + WRITE
        return within if self.deadline is None else min(within, self.deadline)

    def settle(self, row: Row) -> None:
        """Write the row of a document that is dealt with, and end the lease."""
        settled = replace(row, owner=None, leased_until=0.0, updated=self._clock.now())
        self._row = self._ledger.put(settled, deadline=self.deadline)

    def delete(self) -> None:
        """Delete the row of a document that is gone."""
        if self._row is not None:
            self._ledger.delete(self._row, deadline=self.deadline)

    def let_go(self, *, written: int, offset: int, tokens: int, at_once: bool) -> None:
        """Note how far the document is, if we have its lease: who comes next goes on from there.

        at_once: end the lease, so that they need not wait until it has run out. (If this fails,
        they wait, and do it again.)
        """
        if self.taken is not None:
            row = replace(self.taken, written=written, offset=offset, tokens=tokens)
            if at_once:
                row = replace(row, owner=None, leased_until=0.0)
            with suppress(TryLater):
                # The attempt's own time may be up; that of the invocation is not, for a moment.
                self._ledger.put(row, deadline=self._clock.monotonic() + MOMENT)

    def check_time(self) -> None:
        """Raises DocumentUnfinished if the attempt's is up."""
        if self.deadline is not None and self._clock.monotonic() > self.deadline:
            raise DocumentUnfinished(f"The time was up before {self.document_id} was ingested.")


@dataclass
class Progress:
    """How far a document is written: what its row says when next it is."""

    written: int
    offset: int
    tokens: int

    def of(self, row: Row, *, chunks: int | None = None) -> Row:
        chunks = row.chunks if chunks is None else chunks
        return replace(
            row, written=self.written, offset=self.offset, tokens=self.tokens, chunks=chunks
        )


@contextmanager
def letting_go(lease: Lease, row: Row) -> Iterator[Progress]:
    """If what is inside must be tried later, note its progress, and end the lease."""
    progress = Progress(row.written, row.offset, row.tokens)
    try:
        yield progress
    except (TryLater, DeadlineExceeded, KeyboardInterrupt) as error:
        lease.let_go(
            written=progress.written,
            offset=progress.offset,
            tokens=progress.tokens,
            # A write that was not answered may still be on its way: nobody else is to write before
            # it has arrived.
            at_once=not isinstance(error, ServiceUnavailable),
        )
        if isinstance(error, DeadlineExceeded):
            raise DocumentUnfinished(f"The time was up after {progress.written} chunks.") from error
        raise
