"""What an object's Content-Encoding says was done to its bytes, undone within bounds.

Uploaders compress objects so that browsers unpack them; S3 itself never does. Knows no S3.
"""

from __future__ import annotations

import gzip
import io
import zlib

from handler.errors import DocumentRejected
from handler.limits import MAX_DOCUMENT

ZLIB, RAW_DEFLATE = 15, -15  # zlib's numbers for a header or none, and the largest window
GZIP_BEGIN = b"\x1f\x8b"
MAX_MEMBERS = 100_000  # of a gzip file; programs for large files write one for each 64 kB
DAMAGED = "The object's content does not fit its Content-Encoding, or is damaged. Store it again."
CUT_OFF = (
    "The object's compressed content is cut off, as a transfer that stopped leaves it. Upload it "
    "again."
)
# "aws-chunked" is how an upload was signed, and says nothing of the object.
NOTHING_DONE = {"", "identity", "aws-chunked", "none", "utf-8"}


def decode_content(content: bytes, encoding: str | None) -> bytes:
    """The object's content before it was encoded, the last encoding first.

    Raises DocumentRejected if an encoding is unknown, or the content is damaged or too large.
    """
    names = [name.strip().lower() for name in (encoding or "").split(",")]
    for name in reversed([name for name in names if name not in NOTHING_DONE]):
        if name in ("gzip", "x-gzip"):
            # Some clients unpack what they copy, and keep the header.
            content = _gunzip(content) if content.startswith(GZIP_BEGIN) else content
        elif name == "deflate":
            content = _inflate(content)
        else:
            raise DocumentRejected(
                "unsupported_file",
                f"The object's Content-Encoding is {name[:40]!r}; gzip and deflate can be read. "
                "Store it without one.",
            )
    return content


def _is_zlib(content: bytes) -> bool:
    """Whether the content has zlib's header: HTTP demands it, and programs leave it out."""
    return len(content) > 1 and content[0] & 15 == 8 and (content[0] << 8 | content[1]) % 31 == 0


def _gunzip(content: bytes) -> bytes:
    # A member takes 10 µs, however little is in it.
    if content.count(GZIP_BEGIN) > MAX_MEMBERS:
        raise DocumentRejected("invalid_file", DAMAGED)
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
            return _bounded(file.read(MAX_DOCUMENT + 1))
    except EOFError as error:
        raise DocumentRejected("invalid_file", CUT_OFF) from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise DocumentRejected("invalid_file", DAMAGED) from error


def _inflate(content: bytes) -> bytes:
    inflater = zlib.decompressobj(ZLIB if _is_zlib(content) else RAW_DEFLATE)
    try:
        inflated = _bounded(inflater.decompress(content, MAX_DOCUMENT + 1))
    except zlib.error as error:
        raise DocumentRejected("invalid_file", DAMAGED) from error
    if not inflater.eof:
        raise DocumentRejected("invalid_file", CUT_OFF)
    return inflated


def _bounded(content: bytes) -> bytes:
    if len(content) > MAX_DOCUMENT:
        raise DocumentRejected(
            "invalid_file",
            f"The object has more than {MAX_DOCUMENT:,} bytes when it is unpacked (its "
            "Content-Encoding), the limit of one document. Split it into smaller ones.",
        )
    return content
