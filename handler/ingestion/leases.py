"""Leases: only the holder of a document's lease may write the document's vectors.

A lease is part of the document's ledger row. It is acquired by writing the row, which only one of
several writers can do first, and it expires: a holder that vanishes (Lambda stops what takes too
long) does not block others for ever. It only saves work: an attempt that loses its lease and writes
all the same, however late, writes in its own generation (`planning`), which is then never read.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from random import uniform
from typing import Any, Protocol

from handler.errors import DocumentBusy, DocumentUnfinished, ServiceUnavailable, TryLater
from handler.ingestion.owners import Invocations, Owners
from handler.stores.contract import Ledger
from handler.stores.row import Row
from model_layer import DeadlineExceeded

# How long a lease lasts, and how long a write of vectors under it may take, so that it ends before
# the lease does. Both count from the start of the last write of the row, because that write can
# itself be slow.
LEASE_SECONDS = 60.0
WRITE_SECONDS = 30.0
RELEASE_SECONDS = 0.5  # to release a lease when the attempt's own time is up
PATIENCE_SECONDS = 20.0  # to wait for another holder
# How far two machines' clocks may differ. A lease that ends later than they explain was written
# before a clock was set back, and does not count.
SKEW_SECONDS = 60.0


class Clock(Protocol):
    """The time, in seconds."""

    def now(self) -> float:
        """Seconds since 1970, comparable between machines."""

    def monotonic(self) -> float:
        """Seconds since an arbitrary start; never decreases."""

    def sleep(self, seconds: float) -> None:
        """Return that much later."""


class SystemClock:
    """The machine's clock."""

    now = staticmethod(time.time)
    monotonic = staticmethod(time.monotonic)
    sleep = staticmethod(time.sleep)


class Lease:
    """One attempt's hold on a document's row. Owns the row: nothing else reads or writes it.

                 read                    acquire                     complete, delete
        unread ────────▶ not held ──────────────────▶ held ──────────────────────────▶ settled
                           │  ▲                      │ │  ▲
                           │  └──────────────────────┘ └──┘
                           │          release         acquire: renewed
                           └──────────────────────────────────────────────────────────▶ settled
                                   complete: nothing was left to write

    A StoreConflict in any state leads back to unread: another writer changed the row. LEASE_SECONDS
    after the last acquire, or once the holder is known to have ended, another attempt may acquire
    the lease.

    `row` is what the ledger has, with the changes that the next write will note.
    """

    def __init__(
        self,
        ledger: Ledger,
        document_id: str,
        *,
        deadline: float | None,
        clock: Clock,
        owners: Owners | None = None,
    ) -> None:
        """deadline: of `clock.monotonic()`; the attempt ends by then."""
        self.document_id = document_id
        self.deadline = deadline
        self._ledger = ledger
        self._clock = clock
        self._owners = owners or Invocations()
        self._owner = self._owners.name()
        self._row: Row | None = None
        self._write_began = clock.monotonic()  # the last write of the row

    @property
    def row(self) -> Row:
        """The document's row. There must be one: read, or planned with `change`."""
        assert self._row is not None, "the document has no row yet"
        return self._row

    @property
    def held(self) -> bool:
        """Whether this attempt has the lease."""
        return self._row is not None and self._row.owner == self._owner

    @property
    def write_deadline(self) -> float:
        """When a write of vectors under this lease must have ended."""
        ends = self._write_began + WRITE_SECONDS
        return ends if self.deadline is None else min(ends, self.deadline)

    def read(self) -> Row | None:
        """Read the document's row, once no other holder is left; None if it has none.

        Raises DocumentBusy if another holder stays, DocumentUnfinished if the time is up.
        """
        patience = self._clock.monotonic() + PATIENCE_SECONDS
        while True:
            self._row = row = self._ledger.get(self.document_id, deadline=self.deadline)
            if row is None or not self._is_held_by_another(row):
                return row
            self.check_time()
            if self._clock.monotonic() > patience:
                raise DocumentBusy(f"{self.document_id} is being ingested by another invocation.")
            self._clock.sleep(uniform(0.2, 1.0))

    def _is_held_by_another(self, row: Row) -> bool:
        if row.owner in (None, self._owner):
            return False
        left = row.leased_until - self._clock.now()
        return 0 < left <= LEASE_SECONDS + SKEW_SECONDS and not self._owners.is_gone(row.owner)

    def plan(self, row: Row) -> None:
        """Let the next write of the row write this one."""
        self._row = row

    def change(self, **values: Any) -> None:
        """Let the next write of the row note these values."""
        self._row = replace(self.row, **values)

    def acquire(self) -> None:
        """Write the row and hold the lease from now on; if it is held, renew it.

        Raises StoreConflict if another writer has written the row since it was read.
        """
        now, self._write_began = self._clock.now(), self._clock.monotonic()
        leased = replace(self.row, owner=self._owner, leased_until=now + LEASE_SECONDS, updated=now)
        self._row = self._ledger.put(leased, deadline=self.deadline)

    def complete(self, **values: Any) -> None:
        """Write the row of a document that is dealt with, with these values, and end the lease."""
        completed = replace(
            self.row, **values, owner=None, leased_until=0.0, updated=self._clock.now()
        )
        self._row = self._ledger.put(completed, deadline=self.deadline)

    def delete(self) -> None:
        """Delete the row of a document that is gone."""
        self._ledger.delete(self.row, deadline=self.deadline)

    @contextmanager
    def released_on_failure(self) -> Iterator[None]:
        """Release the lease if what is inside must be tried later; the row notes the progress.

        Raises what is raised inside, DeadlineExceeded as DocumentUnfinished.
        """
        try:
            yield
        except ServiceUnavailable:
            # A write without an answer may still be on its way. The lease runs out by itself, so
            # that the next attempt finds it in the index, and leaves nothing of it behind.
            self._release(at_once=False)
            raise
        except DeadlineExceeded as error:
            self._release(at_once=True)
            raise DocumentUnfinished(f"The time was up after {self.row.written} chunks.") from error
        except (TryLater, KeyboardInterrupt):
            self._release(at_once=True)
            raise

    def _release(self, *, at_once: bool) -> None:
        """Write the progress, if the lease is held: the next attempt continues from there.

        at_once: end the lease, so that the next attempt need not wait until it runs out. If this
        fails, the next attempt waits, and repeats what was not noted.
        """
        if not self.held:
            return
        row = replace(self.row, owner=None, leased_until=0.0) if at_once else self.row
        with suppress(TryLater):
            # The attempt's own time may be up; the invocation has a moment left.
            self._row = self._ledger.put(row, deadline=self._clock.monotonic() + RELEASE_SECONDS)

    def check_time(self) -> None:
        """Raises DocumentUnfinished if the attempt's time is up."""
        if self.deadline is not None and self._clock.monotonic() > self.deadline:
            raise DocumentUnfinished(f"The time was up before {self.document_id} was ingested.")
