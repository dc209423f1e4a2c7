"""The contract of a source reader: a bucket's, or one for the files of this machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from handler.errors import DocumentRejected


@dataclass(frozen=True)
class SourceSnapshot:
    """A source as it is at this moment."""

    etag: str  # differs if the content differs
    version: str | None  # the bucket's version id, if it keeps versions
    size: int  # bytes
    modified: float  # s since 1970
    content_type: str | None
    # Raises ServiceUnavailable; SourceChanged; DocumentRejected.
    read: Callable[[], bytes]
    metadata: Mapping[str, str] = field(default_factory=dict)  # the user's
    # Whether `read` gives what was found, even if the source has changed since; and no event tells
    # of that, but the next run looks at the source anyway.
    is_copy: bool = False

    @classmethod
    def refused(cls, rejected: DocumentRejected) -> SourceSnapshot:
        """A source that exists, and of which nothing but the reason of the refusal is known."""

        def read() -> bytes:
            raise rejected

        return cls(etag="", version=None, size=0, modified=0.0, content_type=None, read=read)

    @property
    def identity(self) -> tuple[str, str | None, str | None, int, Mapping[str, str]]:
        """Differs if the source has to be ingested again."""
        return self.etag, self.content_type, self.version, int(self.modified), self.metadata


class SourceReader(Protocol):
    """Finds sources by their URI (`s3://bucket/key`, `file:///path`). Thread-safe."""

    def find(self, source: str, *, deadline: float | None = None) -> SourceSnapshot | None:
        """The source as it is now; None if there is none, or if it is left out (`left_out`).

        One that is there and will not be given is a snapshot whose `read` raises DocumentRejected:
        the document has failed, and its earlier content leaves the store.

        Raises ServiceUnavailable, SourceUnreadable, SourceChanged.
        """
