"""A change: a source that may have been written or removed."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

# S3's have 18 digits, MinIO's 16. Far longer ones are nobody's, and would fill the ledger's row.
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

        A sequencer that is none (`is_sequencer`) says nothing of the order.
        """
        mine, other = _fraction(self.sequencer), _fraction(sequencer)
        return mine is None or other is None or mine > other

    def repeats(self, sequencer: str | None) -> bool:
        """Whether this is the very event that `sequencer` is of, delivered again.

        Only such a one need not be looked at. An older one mostly need not be, either; but whoever
        can send an event can send a sequencer above all that S3 will give, and later changes of
        the document would then be taken for older ones.
        """
        mine = _fraction(self.sequencer)
        return mine is not None and mine == _fraction(sequencer)


def is_sequencer(value: object) -> bool:
    """Whether it can be compared with others: a hexadecimal number of a sane length."""
    return isinstance(value, str) and SEQUENCER.fullmatch(value) is not None


def _fraction(sequencer: object) -> str | None:
    """The digits of a sequencer, comparable with others'; None if it is none.

    The shorter of two is padded with zeros, on the right, so trailing zeros mean nothing.
    (docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html)
    """
    return str(sequencer).upper().rstrip("0") if is_sequencer(sequencer) else None
