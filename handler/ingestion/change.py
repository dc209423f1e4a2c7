"""A change: a source that may have been written or removed."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

# S3's have 18 digits, MinIO's 16. No service writes far longer ones; they would fill the row.
SEQUENCER = re.compile("[0-9A-Fa-f]{1,64}")


@dataclass(frozen=True)
class Change:
    """A source that may have been written or removed."""

    source: str  # s3://bucket/key
    # S3's order of the events of one key, in hexadecimal digits. None if there is none (backfill).
    sequencer: str | None = None

    def is_in(self, buckets: Collection[str]) -> bool:
        """Whether the source is in one of these buckets; in any, if none is named."""
        return not buckets or self.source.removeprefix("s3://").partition("/")[0] in buckets

    def is_after(self, sequencer: str | None) -> bool:
        """Whether this change happened, or may have happened, after that one.

        A malformed sequencer (see `is_sequencer`) says nothing about the order.
        """
        mine, other = _fraction(self.sequencer), _fraction(sequencer)
        return mine is None or other is None or mine > other

    def repeats(self, sequencer: str | None) -> bool:
        """Whether this is the event that `sequencer` belongs to, delivered again.

        Only that one is skipped. To skip older ones, too, would not be safe: a forged event could
        have a sequencer above all of S3's, and every later change would then look older.
        """
        mine = _fraction(self.sequencer)
        return mine is not None and mine == _fraction(sequencer)


def is_sequencer(value: object) -> bool:
    """Whether it can be compared with others: a hexadecimal number of a sane length."""
    return isinstance(value, str) and SEQUENCER.fullmatch(value) is not None


def _fraction(sequencer: object) -> str | None:
    """The digits of a sequencer, comparable with others'; None if it is malformed.

    The shorter of two is padded with zeros, on the right, so trailing zeros mean nothing.
    (docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html)
    """
    return str(sequencer).upper().rstrip("0") if is_sequencer(sequencer) else None
