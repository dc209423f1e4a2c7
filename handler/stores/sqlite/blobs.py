"""Blobs in a folder, each in a file of its own, beside the SQLite file."""

from __future__ import annotations

import errno
import os
import re
import tempfile
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from handler.errors import ServiceUnavailable, UnusableStore
from handler.stores.blobs import BlobMissing, Digests, PresignedPut
from handler.stores.hashing import Hashing

CHUNK = 1 << 17  # bytes; each client that reads slowly has some of them waiting
KEY = re.compile(r"(?:[a-z0-9_-]+/)+[a-z0-9_-]+")
ABANDONED_SECONDS = 86_400.0  # after which no file is still being written
TRIES = 10  # of a file in a folder that others remove
UNFINISHED = ".part"  # what a file's name ends with until it is whole


class FolderBlobs:
    """See `blobs.Blobs`."""

    def __init__(self, folder: Path) -> None:
        """folder: made with the first blob."""
        self._folder = folder

    def write(self, key: str, content: BinaryIO) -> Digests:
        return self._write(key, iter(lambda: content.read(CHUNK), b""))

    def join(self, parts: Sequence[str], key: str) -> Digests:
        return self._write(key, (chunk for part in parts for chunk in self.chunks(part)))

    def read(self, key: str, *, deadline: float | None = None) -> bytes:
        return b"".join(self.chunks(key))

    def chunks(self, key: str) -> Generator[bytes, None, None]:
        with self._explained(key):
            file = self._path(key).open("rb")
        with file:
            while True:
                with self._explained(key):
                    chunk = file.read(CHUNK)
                if not chunk:
                    return
                yield chunk

    def delete(self, keys: Iterable[str]) -> None:
        for key in keys:
            with suppress(BlobMissing), self._explained(key):
                self._path(key).unlink()
                if self._path(key).parent.parent != self._folder:
                    with suppress(OSError):  # others are in it
                        self._path(key).parent.rmdir()

    def keys(self, prefix: str, *, before: float) -> Iterator[str]:
        for key in self._all_keys(prefix.rpartition("/")[0]):
            with suppress(FileNotFoundError):
                written = (self._folder / key).stat().st_mtime
                if not key.endswith(UNFINISHED):
                    if key.startswith(prefix) and written < before:
                        yield key
                elif written < time.time() - ABANDONED_SECONDS:
                    (self._folder / key).unlink()  # a server was killed while it wrote

    def _all_keys(self, folder: str) -> list[str]:
        """The names of all files in a folder of ours, in order; others may add and remove some."""
        return sorted(
            Path(place, name).relative_to(self._folder).as_posix()
            for place, _, names in os.walk(self._folder / folder)
            for name in names
        )

    def url(self, key: str, *, filename: str, content_type: str | None) -> str | None:
        return None

    def presigned_put(self, key: str, *, size: int, content_type: str) -> PresignedPut | None:
        return None

    def _write(self, key: str, chunks: Iterable[bytes]) -> Digests:
        path, hashing = self._path(key), Hashing()
        with self._explained(key):
            handle, name = _make_file(path.parent)
            unfinished = Path(name)
            try:
                with os.fdopen(handle, "wb") as file:
                    for chunk in chunks:
                        hashing.add(chunk)
                        file.write(chunk)
                    file.flush()
                    os.fsync(file.fileno())
                unfinished.replace(path)
            except BaseException:
                unfinished.unlink(missing_ok=True)
                raise
        return hashing.digests

    def _path(self, key: str) -> Path:
        if not KEY.fullmatch(key):
            raise ValueError(f"{key[:100]!r} is not the key of a blob.")
        return self._folder / key

    @contextmanager
    def _explained(self, key: str) -> Iterator[None]:
        try:
            yield
        except (FileNotFoundError, NotADirectoryError) as error:
            raise BlobMissing(key) from error
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS):
                place = str(self._folder)
                raise UnusableStore(
                    f"The folder {place} cannot be used: {error.strerror}. Free some space, give "
                    "this user access to it, or set VECTOR_STORE to another file.",
                    place=place,
                ) from error
            raise ServiceUnavailable(f"{self._folder}: {error.strerror}.") from error


def _make_file(folder: Path) -> tuple[int, str]:
    """A new file in the folder, which is made if there is none: its descriptor and its name."""
    for _ in range(TRIES):
        folder.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # `delete` found it empty, and has just removed it
            return tempfile.mkstemp(dir=folder, suffix=UNFINISHED)
    raise ServiceUnavailable(f"{folder} is removed all the time.")
