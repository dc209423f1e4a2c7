"""The counts of files by status, and what a write of a ledger's row changes in them.

Every backend applies the change in the transaction that writes the row, so the counts are exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from handler.stores.row import Row

Status = Literal["in_progress", "completed", "failed", "cancelled"]
STATUSES: tuple[Status, ...] = ("in_progress", "completed", "failed", "cancelled")


@dataclass(frozen=True)
class Counts:
    """Files by status, and their bytes. As a change, the numbers may be below 0."""

    in_progress: int = 0
    completed: int = 0
    failed: int = 0
    cancelled: int = 0
    usage_bytes: int = 0  # of the completed ones

    @property
    def total(self) -> int:
        """All files."""
        return self.in_progress + self.completed + self.failed + self.cancelled

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            *(mine + theirs for mine, theirs in zip(self.values, other.values, strict=True))
        )

    def __neg__(self) -> Counts:
        return Counts(*(-value for value in self.values))

    def __bool__(self) -> bool:
        return any(self.values)

    @property
    def values(self) -> tuple[int, int, int, int, int]:
        """The numbers, in the order of the fields."""
        return (self.in_progress, self.completed, self.failed, self.cancelled, self.usage_bytes)


@dataclass(frozen=True)
class CountedWrite:
    """A row to write, and what the same transaction adds to the counts."""

    row: Row
    store: Counts  # to the store's
    batches: Mapping[str, Counts]  # to those of file batches; a batch that is gone is no error


def count_write(row: Row) -> CountedWrite:
    """The row as it is to be written, with a new revision, and the changes of the counts."""
    now = _counts(None if row.removed else row.status, row.usage_bytes)
    settled = row.removed > 0 or row.status != "in_progress"
    status: Status = "cancelled" if row.removed else row.status
    return CountedWrite(
        replace(
            row.rewritten(),
            counted=None if row.removed else row.status,
            counted_bytes=now.usage_bytes,
            batches=() if settled else row.batches,
        ),
        now + -_counts(row.counted, row.counted_bytes),
        {batch: _counts(status, 0) for batch in row.batches} if settled else {},
    )


def count_delete(row: Row) -> CountedWrite:
    """The changes of the counts when the row is deleted."""
    batches = {batch: Counts(cancelled=1) for batch in row.batches}
    return CountedWrite(row, -_counts(row.counted, row.counted_bytes), batches)


def _counts(status: Status | None, size: int) -> Counts:
    return Counts() if status is None else Counts(**{status: 1}, usage_bytes=size)
