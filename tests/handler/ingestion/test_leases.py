"""A lease outlasts what is written under it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from handler.aws.client import CONNECT_SECONDS, READ_SECONDS
from handler.ingestion.leases import LEASE_SECONDS, Lease
from handler.stores.contract import Row
from tests.handler.ingestion.bucket import Clock


class Slow:
    """A ledger that is throttled for a while before it writes."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock, self._seconds = clock, seconds

    def put(self, row: Row, **_: Any) -> Row:
        self._clock.sleep(self._seconds)
        return replace(row, revision=row.revision + 1)


def test_a_write_has_ended_when_the_lease_does_however_long_the_row_took() -> None:
    for seconds in (0, 20, 45, 200):
        clock = Clock()
        ledger: Any = Slow(clock, seconds)
        lease = Lease(ledger, "file-1", deadline=None, clock=clock)  # type: ignore[arg-type]
        lease.plan(Row("file-1", "s3://bucket/key"))
        lease.acquire()
        assert lease.row.leased_until == 1_000_000 + LEASE_SECONDS
        # An attempt that begins before its deadline can outlast it by these.
        assert lease.write_deadline + CONNECT_SECONDS + READ_SECONDS < lease.row.leased_until
