"""Where documents are read from: a bucket, or files of this machine."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from mimetypes import guess_type
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True)
class StoredObject:
    """An object, as it is at this moment; its content is not read yet."""

    etag: str  # another if the content is another
    version: str | None  # the bucket's version id, if it keeps versions
    size: int  # bytes
    modified: float  # s since 1970
    content_type: str | None
    read: Callable[[], bytes]  # once; raises StoreUnavailable
    metadata: Mapping[str, str] = field(default_factory=dict)  # the user's


class Objects(Protocol):
    """Objects by their source (`s3://bucket/key`, `file:///path`)."""

    def open(
        self, source: str, *, deadline: float | None = None
    ) -> AbstractContextManager[StoredObject | None]:
        """The object as it is now; None if there is none. Raises StoreUnavailable."""


class Files:
    """The files of this machine. An etag is the content's SHA-256."""

    @contextmanager
    def open(self, source: str, *, deadline: float | None = None) -> Iterator[StoredObject | None]:
        path = Path(unquote(urlsplit(source).path))
        if not path.is_file():
            yield None
            return
        about = path.stat()
        with path.open("rb") as file:
            etag = hashlib.file_digest(file, "sha256").hexdigest()
        yield StoredObject(
            etag=etag,
            version=None,
            size=about.st_size,
            modified=about.st_mtime,
            content_type=guess_type(path.name)[0],
            read=path.read_bytes,
        )
