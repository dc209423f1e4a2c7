"""Where documents are read from: a bucket, or files of this machine."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from mimetypes import guess_type
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote_to_bytes, urlsplit

from handler.errors import StoreConflict, StoreUnavailable


@dataclass(frozen=True)
class StoredObject:
    """An object, as it is at this moment; its content is not read yet."""

    etag: str  # another if the content is another
    version: str | None  # the bucket's version id, if it keeps versions
    size: int  # bytes
    modified: float  # s since 1970
    content_type: str | None
    # Raises StoreUnavailable; StoreConflict, if it is another by now; DocumentRejected.
    read: Callable[[], bytes]
    metadata: Mapping[str, str] = field(default_factory=dict)  # the user's


class Objects(Protocol):
    """Objects by their source (`s3://bucket/key`, `file:///path`)."""

    def find(self, source: str, *, deadline: float | None = None) -> StoredObject | None:
        """The object as it is now; None if there is none. Raises StoreUnavailable."""


class Files:
    """The files of this machine. An etag is the content's SHA-256."""

    def find(self, source: str, *, deadline: float | None = None) -> StoredObject | None:
        # A name can be any bytes.
        path = Path(os.fsdecode(unquote_to_bytes(urlsplit(source).path)))
        try:
            with _reading(path):
                about = path.stat()
                with path.open("rb") as file:
                    etag = hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            return None

        def read() -> bytes:
            try:
                with _reading(path):
                    content = path.read_bytes()
            except FileNotFoundError as error:
                raise StoreConflict(f"{path} was removed meanwhile.") from error
            if hashlib.sha256(content).hexdigest() != etag:
                raise StoreConflict(f"{path} was written meanwhile.")
            return content

        return StoredObject(
            etag=etag,
            version=None,
            size=about.st_size,
            modified=about.st_mtime,
            content_type=guess_type(path.name)[0],
            read=read,
        )


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """A file is read inside. Raises StoreUnavailable if it cannot be, though it is there."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise StoreUnavailable(f"{path} cannot be read: {error.strerror}.") from error
