"""Files of this machine."""

from __future__ import annotations

import hashlib
import os
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

from handler.errors import ServiceUnavailable
from handler.ingestion.sources.contract import SourceSnapshot
from handler.limits import MAX_DOCUMENT


class FileReader:
    """The files of this machine. An etag is the content's SHA-256; of one over the limit, which is
    not read, its size and time.
    """

    def find(self, source: str, *, deadline: float | None = None) -> SourceSnapshot | None:
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
            raise ServiceUnavailable(f"The file cannot be read: {error.strerror}.") from error
        return SourceSnapshot(
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
