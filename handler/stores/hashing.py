"""The digests of bytes that come some at a time."""

from __future__ import annotations

import hashlib

from handler.stores.blobs import Digests


class Hashing:
    """The digests of what was added."""

    def __init__(self) -> None:
        self._size = 0
        self._md5, self._sha256 = hashlib.md5(usedforsecurity=False), hashlib.sha256()

    def add(self, chunk: bytes) -> None:
        """Add bytes to the end."""
        self._size += len(chunk)
        self._md5.update(chunk)
        self._sha256.update(chunk)

    @property
    def digests(self) -> Digests:
        """Of all that was added until now."""
        return Digests(self._size, self._md5.hexdigest(), self._sha256.hexdigest())
