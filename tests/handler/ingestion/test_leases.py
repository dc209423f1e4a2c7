"""A lease outlasts every write under it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from handler.aws.client import CONNECT_SECONDS, READ_SECONDS
from handler.ingestion.leases import LEASE_SECONDS, Lease
from handler.stores.contract import Row
from tests.fake_clock import START, FakeClock


class SlowLedger:
    """A ledger that takes some seconds to write."""

    def __init__(self, clock: FakeClock, seconds: float) -> None:
        self._clock, self._seconds = clock, seconds

    def put(self, row: Row, **_: Any) -> Row:
        self._clock.sleep(self._seconds)
        return replace(row, revision=row.revision + 1)


def test_writes_end_before_the_lease_however_slow_the_ledger_is() -> None:
    for seconds in (0, 20, 45, 200):
        clock = FakeClock()
        ledger: Any = SlowLedger(clock, seconds)
        lease = Lease(ledger, "file-1", deadline=None, clock=clock)
        lease.plan(Row("file-1", "s3://bucket/key"))
        lease.acquire()
        assert lease.row.leased_until == START + LEASE_SECONDS
        # An attempt begins before its deadline, and can outlast it by these timeouts.
        assert lease.write_deadline + CONNECT_SECONDS + READ_SECONDS < lease.row.leased_until
