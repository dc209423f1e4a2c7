"""Files of this machine."""

from __future__ import annotations

import hashlib
import os
import stat
from errno import ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR, ENXIO
from mimetypes import guess_type
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote_to_bytes, urlsplit

from handler.errors import SourceUnreadable
from handler.ingestion.sources.contract import SourceSnapshot
from handler.ingestion.sources.left_out import is_left_out
from handler.limits import MAX_DOCUMENT
from handler.stores.sqlite.beside import belongs_to_store

# What opening a name says if no file can have it: none is there, or a link to itself, or a socket.
NO_FILE = frozenset([ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG, ENXIO])
# A file that is written to is read again, in the hope to find it at rest; then it is taken as read.
READS = 3


class FileReader:
    """See `contract.SourceReader`; the sources are file:///path.

    An etag is the SHA-256 of the content. A file over the size limit is not read: its etag is made
    of its size and its time. What is no regular file (a folder, a FIFO, a device, a link to itself)
    is no source: it is as good as gone. So is what a folder is read without.
    """

    def find(self, source: str, *, deadline: float | None = None) -> SourceSnapshot | None:
        path = path_of(source)
        if is_left_out(path.name) or belongs_to_store(path):
            return None
        try:
            # (Path.open takes no opener.)
            with open(path, "rb", buffering=0, opener=_open_at_once) as file:
                content, about = _read_at_rest(file)
        except (ValueError, OSError) as error:  # ValueError: a name with a zero byte
            if isinstance(error, ValueError) or error.errno in NO_FILE or _is_no_file(path):
                return None
            raise SourceUnreadable(f"The file cannot be read: {error.strerror}.") from error
        size = max(about.st_size, len(content))
        if size > MAX_DOCUMENT:
            # It will be rejected. Hashing alone would take a minute for a film.
            content, etag = b"", f"{size}-{about.st_mtime_ns}"
        else:
            # Read now: the file may change, and the etag must be that of the content.
            size, etag = len(content), hashlib.sha256(content).hexdigest()
        return SourceSnapshot(
            etag=etag,
            version=None,
            size=size,
            modified=about.st_mtime,
            content_type=guess_type(path.name)[0],
            read=lambda: content,
            is_copy=True,
        )


def _open_at_once(path: str, flags: int) -> int:
    """Open without waiting: for a FIFO's writer, or for the user at a terminal."""
    return os.open(path, flags | os.O_NONBLOCK | os.O_NOCTTY)


def _read_at_rest(file: BinaryIO) -> tuple[bytes, os.stat_result]:
    """The content, and what the file was before it was read; nothing of one over the limit.

    A file that grows or changes meanwhile is read again, and the last time kept as it is.
    """
    for _ in range(READS):
        about = os.fstat(file.fileno())
        if not stat.S_ISREG(about.st_mode):
            raise OSError(ENXIO, "not a regular file")
        if about.st_size > MAX_DOCUMENT:
            return b"", about
        file.seek(0)
        # Not to its end, which may never come. One byte more tells that it is over the limit.
        content = _read_at_most(file, MAX_DOCUMENT + 1)
        after = os.fstat(file.fileno())
        if (after.st_size, after.st_mtime_ns) == (about.st_size, about.st_mtime_ns):
            break
    return content, about


def _read_at_most(file: BinaryIO, size: int) -> bytes:
    """Up to `size` bytes; fewer only at the file's end. (Files in /proc say they have none.)"""
    parts = []
    while size > 0 and (part := file.read(min(size, 1 << 20))):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _is_no_file(path: Path) -> bool:
    """Whether there is something else than a file. Some devices say so only after being asked."""
    try:
        return not stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False


def path_of(source: str) -> Path:
    """The file that a source (`file:///path`) names. The name need not be valid UTF-8."""
    return Path(os.fsdecode(unquote_to_bytes(urlsplit(source).path)))
