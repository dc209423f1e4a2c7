"""Leases: one holder at a time, who keeps, releases or loses the lease; writes end before it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from handler.aws.client import CONNECT_SECONDS, READ_SECONDS
from handler.errors import (
    DocumentBusy,
    DocumentUnfinished,
    ServiceUnavailable,
    SourceChanged,
    StoreConflict,
)
from handler.ingestion.leases import LEASE_SECONDS, PATIENCE_SECONDS, Lease
from handler.stores.contract import Store
from handler.stores.row import Row
from model_layer import DeadlineExceeded
from tests.fake_clock import START, FakeClock

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


def test_only_the_first_of_two_attempts_acquires_the_lease(new_lease: NewLease) -> None:
    first, second = new_lease(), new_lease()
    for lease in (first, second):
        assert lease.read() is None
        lease.plan(ROW)
    first.acquire()
    with pytest.raises(StoreConflict):
        second.acquire()
    assert (first.held, second.held) == (True, False)


def test_another_attempt_waits_and_gives_up_while_the_lease_is_held(
    held: Lease, new_lease: NewLease, clock: FakeClock
) -> None:
    held.acquire()
    with pytest.raises(DocumentBusy, match=ID):
        new_lease().read()
    assert PATIENCE_SECONDS < clock.time - START < PATIENCE_SECONDS + 2


def test_another_attempt_stops_waiting_when_its_time_is_up(
    held: Lease, new_lease: NewLease, clock: FakeClock
) -> None:
    held.acquire()
    with pytest.raises(DocumentUnfinished):
        new_lease(deadline=clock.time + 5).read()
    assert 5 < clock.time - START < 7


def test_an_expired_lease_is_acquired_and_its_old_holder_can_write_no_more(
    held: Lease, new_lease: NewLease, clock: FakeClock
) -> None:
    clock.time += LEASE_SECONDS
    other = new_lease()
    other.read()
    other.acquire()
    assert other.held
    with pytest.raises(StoreConflict):
        held.acquire()
    with pytest.raises(StoreConflict):
        held.complete(status="completed")


def test_acquiring_again_renews_the_lease(held: Lease, clock: FakeClock) -> None:
    clock.time += 50
    held.acquire()
    assert held.row.leased_until == clock.time + LEASE_SECONDS


@pytest.mark.parametrize("error", [SourceChanged("changed"), KeyboardInterrupt()])
def test_a_failure_releases_the_lease_and_notes_the_progress(
    error: BaseException, held: Lease, new_lease: NewLease, clock: FakeClock
) -> None:
    held.change(written=3, offset=900)
    with pytest.raises(type(error)), held.released_on_failure():
        raise error
    row = new_lease().read()
    assert row is not None
    assert (row.written, row.offset, row.owner) == (3, 900, None)
    assert not held.held
    assert clock.slept == []


def test_a_write_without_an_answer_keeps_the_lease_until_it_expires(
    held: Lease, new_lease: NewLease, clock: FakeClock
) -> None:
    """The write may still arrive."""
    held.change(written=3)
    with pytest.raises(ServiceUnavailable), held.released_on_failure():
        raise ServiceUnavailable("throttled")
    with pytest.raises(DocumentBusy):
        new_lease().read()
    clock.time = START + LEASE_SECONDS
    row = new_lease().read()
    assert row is not None
    assert row.written == 3


def test_the_encoders_deadline_leaves_an_unfinished_document(
    held: Lease, new_lease: NewLease
) -> None:
    held.change(written=7)
    with (
        pytest.raises(DocumentUnfinished, match="after 7 chunks"),
        held.released_on_failure(),
    ):
        raise DeadlineExceeded(0, 1, 0, 9)
    row = new_lease().read()
    assert row is not None
    assert (row.written, row.owner) == (7, None)


def test_a_bug_notes_nothing_and_keeps_the_lease(held: Lease, store: Store) -> None:
    before = store.ledger.get(ID)
    held.change(written=3)
    with pytest.raises(KeyError), held.released_on_failure():
        raise KeyError("a bug")
    assert store.ledger.get(ID) == before


def test_a_failure_before_the_lease_is_acquired_writes_nothing(
    new_lease: NewLease, store: Store
) -> None:
    lease = new_lease()
    lease.read()
    lease.plan(ROW)
    with pytest.raises(SourceChanged), lease.released_on_failure():
        raise SourceChanged("changed")
    assert store.ledger.get(ID) is None


def test_a_completed_document_has_no_holder(held: Lease, new_lease: NewLease) -> None:
    held.complete(status="completed", chunks=2)
    row = new_lease().read()
    assert row is not None
    assert (row.status, row.chunks, row.owner, row.leased_until) == ("completed", 2, None, 0.0)


def test_a_document_is_completed_without_a_lease_if_nothing_is_left_to_write(
    new_lease: NewLease, store: Store
) -> None:
    store.ledger.put(ROW)
    lease = new_lease()
    lease.read()
    lease.complete(status="completed")
    row = store.ledger.get(ID)
    assert row is not None
    assert row.status == "completed"


def test_a_deleted_row_is_gone(held: Lease, store: Store) -> None:
    held.delete()
    assert store.ledger.get(ID) is None


class SlowLedger:
    """A ledger that takes some seconds to write."""

    def __init__(self, clock: FakeClock, seconds: float) -> None:
        self._clock, self._seconds = clock, seconds

    def put(self, row: Row, **_: Any) -> Row:
        self._clock.sleep(self._seconds)
        return replace(row, revision=row.revision + 1)


@pytest.mark.parametrize("seconds", [0, 20, 45, 200])
def test_writes_end_before_the_lease_however_slow_the_ledger_is(
    seconds: float, clock: FakeClock
) -> None:
    ledger: Any = SlowLedger(clock, seconds)
    lease = Lease(ledger, ID, deadline=None, clock=clock)
    lease.plan(ROW)
    lease.acquire()
    assert lease.row.leased_until == START + LEASE_SECONDS
    # An attempt begins before its deadline, and can outlast it by these timeouts.
    assert lease.write_deadline + CONNECT_SECONDS + READ_SECONDS < lease.row.leased_until
