"""What a source of documents does, be it a bucket or the files of this machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class SourceSnapshot:
    """An object, as it is at this moment."""

    etag: str  # another if the content is another
    version: str | None  # the bucket's version id, if it keeps versions
    size: int  # bytes
    modified: float  # s since 1970
    content_type: str | None
    # Raises ServiceUnavailable; StoreConflict, if it is another by now; DocumentRejected.
    read: Callable[[], bytes]
    metadata: Mapping[str, str] = field(default_factory=dict)  # the user's

    @property
    def identity(self) -> tuple[str, str | None, Mapping[str, str]]:
        """What is another if the object has to be ingested again."""
        return self.etag, self.content_type, self.metadata


class SourceReader(Protocol):
    """Objects by their source (`s3://bucket/key`, `file:///path`)."""

    def find(self, source: str, *, deadline: float | None = None) -> SourceSnapshot | None:
        """The object as it is now; None if there is none. Raises ServiceUnavailable."""
