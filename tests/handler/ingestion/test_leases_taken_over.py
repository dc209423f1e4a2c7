"""A lease is taken over at once if its owner has ended, or if a clock was set: never in a day."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from handler.errors import DocumentBusy, StoreConflict
from handler.ingestion.leases import LEASE_SECONDS, SKEW_SECONDS, Lease
from handler.ingestion.owners import Processes
from handler.settings import SqliteAddress
from handler.stores import open_source_store
from handler.stores.contract import Store
from handler.stores.row import Row
from tests.fake_clock import FakeClock
from tests.paths import ROOT

ID = "file-1"
ROW = Row(ID, "s3://bucket/key")
NewLease = Callable[..., Lease]


@pytest.fixture
def new_lease(store: Store, clock: FakeClock) -> NewLease:
    def new_lease(deadline: float | None = None) -> Lease:
        return Lease(store.ledger, ID, deadline=deadline, clock=clock)

    return new_lease


@pytest.fixture
def held(new_lease: NewLease) -> Lease:
    """A lease on a document that had no row."""
    lease = new_lease()
    assert lease.read() is None
    lease.plan(ROW)
    lease.acquire()
    return lease


@pytest.mark.parametrize("days", [-1, 1])
def test_a_clock_that_jumps_does_not_keep_a_lease_for_that_long(
    days: int, held: Lease, new_lease: NewLease, clock: FakeClock
) -> None:
    """Set back, the lease seems to end in a day, and does not count; nor does one set forward."""
    clock.time += 86_400 * days
    other = new_lease()
    other.read()
    other.acquire()
    assert clock.slept == []
    with pytest.raises(StoreConflict):
        held.acquire()


def test_a_lease_of_a_machine_whose_clock_is_a_little_ahead_counts(
    new_lease: NewLease, store: Store, clock: FakeClock
) -> None:
    until = clock.time + LEASE_SECONDS + SKEW_SECONDS / 2
    store.ledger.put(replace(ROW, owner="another", leased_until=until))
    with pytest.raises(DocumentBusy):
        new_lease().read()


class Owners:
    """Owners that a test lets end."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.gone: set[str] = set()

    def name(self) -> str:
        self.names.append(f"owner-{len(self.names)}")
        return self.names[-1]

    def is_gone(self, owner: str) -> bool:
        return owner in self.gone


def test_the_lease_of_an_owner_that_has_ended_is_acquired_at_once(
    store: Store, clock: FakeClock
) -> None:
    owners = Owners()
    held = Lease(store.ledger, ID, deadline=None, clock=clock, owners=owners)
    held.plan(ROW)
    held.acquire()
    other = Lease(store.ledger, ID, deadline=None, clock=clock, owners=owners)
    with pytest.raises(DocumentBusy):
        other.read()
    clock.slept.clear()
    owners.gone.add(owners.names[0])
    other.read()
    other.acquire()
    assert clock.slept == []


ACQUIRE_AND_DIE = """
import os, signal, sys
from handler.ingestion.leases import Lease, SystemClock
from handler.ingestion.owners import Processes
from handler.settings import SqliteAddress
from handler.stores.row import Row
from handler.stores import open_source_store
ledger = open_source_store(SqliteAddress(sys.argv[1])).ledger
lease = Lease(ledger, "file-1", deadline=None, clock=SystemClock(), owners=Processes())
lease.plan(Row("file-1", "file:///1"))
lease.acquire()
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_lease_of_a_process_that_was_killed_is_acquired_at_once(
    tmp_path: Path, clock: FakeClock
) -> None:
    path = str(tmp_path / "killed.sqlite")
    command = [sys.executable, "-c", ACQUIRE_AND_DIE, path]
    assert subprocess.run(command, cwd=ROOT).returncode == -signal.SIGKILL
    ledger = open_source_store(SqliteAddress(path)).ledger
    row = ledger.get(ID)
    assert row is not None
    assert row.owner is not None
    clock.time = row.leased_until - LEASE_SECONDS
    with pytest.raises(DocumentBusy):
        Lease(ledger, ID, deadline=None, clock=clock).read()
    clock.slept.clear()
    clock.time = row.leased_until - LEASE_SECONDS
    lease = Lease(ledger, ID, deadline=None, clock=clock, owners=Processes())
    lease.read()
    lease.acquire()
    assert clock.slept == []
