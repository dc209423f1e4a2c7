"""A change: a source that may have been written or removed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """A source that may have been written or removed."""

    source: str  # s3://bucket/key
    # S3's order of the events of one key, in hexadecimal digits. None if there is none (backfill).
    sequencer: str | None = None

    def is_after(self, sequencer: str | None) -> bool:
        """Whether this change happened, or may have happened, after that one."""
        if self.sequencer is None or sequencer is None:
            return True
        # The shorter is padded with zeros, on the right. (…/notification-content-structure.html)
        length = max(len(self.sequencer), len(sequencer))
        return self.sequencer.ljust(length, "0") > sequencer.ljust(length, "0")
