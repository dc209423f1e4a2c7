"""The contract of the blobs: the bytes of files and of parts, by key."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Protocol


class BlobMissing(Exception):
    """There is no such blob."""


@dataclass(frozen=True)
class Digests:
    """What was written of a blob."""

    size: int  # bytes
    md5: str  # in hexadecimal
    sha256: str


@dataclass(frozen=True)
class PresignedPut:
    """A request that anybody may send, once, to upload a blob."""

    url: str
    headers: Mapping[str, str]  # which it must have


class Blobs(Protocol):
    """Bytes by key. A key is `files/…` or `parts/…`; see `catalog`. Thread-safe.

    A blob is there as a whole, or not at all. Every method raises ServiceUnavailable if the blobs
    cannot be reached, and UnusableStore if they cannot be written for good.
    """

    def write(self, key: str, content: BinaryIO) -> Digests:
        """Write a blob, from where `content` stands to its end. It replaces one with its key."""

    def join(self, parts: Sequence[str], key: str) -> Digests:
        """Write a blob with the bytes of others, one after the other. Raises BlobMissing."""

    def read(self, key: str, *, deadline: float | None = None) -> bytes:
        """The bytes. Raises BlobMissing."""

    def chunks(self, key: str) -> Generator[bytes, None, None]:
        """The bytes, some at a time. Raises BlobMissing, before the first.

        A caller that does not read them to the end closes the generator.
        """

    def delete(self, keys: Iterable[str]) -> None:
        """Delete blobs. Unknown keys are no error."""

    def keys(self, prefix: str, *, before: float) -> Iterator[str]:
        """The keys that begin so, of blobs last written before that time (s since 1970)."""

    def url(self, key: str, *, filename: str, content_type: str | None) -> str | None:
        """An address of the bytes, for some minutes and for anybody; None if there is none."""

    def presigned_put(self, key: str, *, size: int, content_type: str) -> PresignedPut | None:
        """How to upload a blob directly, within an hour; None if it can only be written here."""
