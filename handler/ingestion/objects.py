"""Where documents are read from: a bucket, or files of this machine."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from mimetypes import guess_type
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote_to_bytes, urlsplit

from handler.errors import StoreUnavailable
from handler.limits import MAX_DOCUMENT


@dataclass(frozen=True)
class StoredObject:
    """An object, as it is at this moment."""

    etag: str  # another if the content is another
    version: str | None  # the bucket's version id, if it keeps versions
    size: int  # bytes
    modified: float  # s since 1970
    content_type: str | None
    # Raises StoreUnavailable; StoreConflict, if it is another by now; DocumentRejected.
    read: Callable[[], bytes]
    metadata: Mapping[str, str] = field(default_factory=dict)  # the user's

    @property
    def identity(self) -> tuple[str, str | None, Mapping[str, str]]:
        """What is another if the object has to be ingested again."""
        return self.etag, self.content_type, self.metadata


class Objects(Protocol):
    """Objects by their source (`s3://bucket/key`, `file:///path`)."""

    def find(self, source: str, *, deadline: float | None = None) -> StoredObject | None:
        """The object as it is now; None if there is none. Raises StoreUnavailable."""


class Files:
    """The files of this machine. An etag is the content's SHA-256; of one over the limit, which is
    not read, its size and time.
    """

    def find(self, source: str, *, deadline: float | None = None) -> StoredObject | None:
        path = path_of(source)
        try:
            with path.open("rb") as file:
                about = os.fstat(file.fileno())
                size = about.st_size
                if size > MAX_DOCUMENT:
                    # Rejected by its size; of a film, hashing alone would take a minute.
                    content, etag = b"", f"{size}-{about.st_mtime_ns}"
                else:
                    # Read at once: a file may change, and its etag is to be that of what is read.
                    content = file.read()
                    size, etag = len(content), hashlib.sha256(content).hexdigest()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreUnavailable(f"The file cannot be read: {error.strerror}.") from error
        return StoredObject(
            etag=etag,
            version=None,
            size=size,
            modified=about.st_mtime,
            content_type=guess_type(path.name)[0],
            read=lambda: content,
        )


def path_of(source: str) -> Path:
    """The file that a source (`file:///path`) names, be its name text or not."""
    return Path(os.fsdecode(unquote_to_bytes(urlsplit(source).path)))
