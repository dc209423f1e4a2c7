"""Files of this machine."""

from __future__ import annotations

import hashlib
import os
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

from handler.errors import SourceUnreadable
from handler.ingestion.sources.contract import SourceSnapshot
from handler.ingestion.sources.left_out import is_left_out
from handler.limits import MAX_DOCUMENT


class FileReader:
    """See `contract.SourceReader`; the sources are file:///path.

    An etag is the SHA-256 of the content. A file over the size limit is not read: its etag is made
    of its size and its time.
    """

    def find(self, source: str, *, deadline: float | None = None) -> SourceSnapshot | None:
        path = path_of(source)
        if is_left_out(path.name):
            return None
        try:
            with path.open("rb") as file:
                about = os.fstat(file.fileno())
                size = about.st_size
                if size > MAX_DOCUMENT:
                    # It will be rejected. Hashing alone would take a minute for a film.
                    content, etag = b"", f"{size}-{about.st_mtime_ns}"
                else:
                    # Read now: the file may change, and the etag must be that of the content.
                    content = file.read()
                    size, etag = len(content), hashlib.sha256(content).hexdigest()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise SourceUnreadable(f"The file cannot be read: {error.strerror}.") from error
        return SourceSnapshot(
            etag=etag,
            version=None,
            size=size,
            modified=about.st_mtime,
            content_type=guess_type(path.name)[0],
            read=lambda: content,
        )


def path_of(source: str) -> Path:
    """The file that a source (`file:///path`) names. The name need not be valid UTF-8."""
    return Path(os.fsdecode(unquote_to_bytes(urlsplit(source).path)))
