"""A compressed object is unpacked within the limit of a document, or refused with the reason."""

from __future__ import annotations

import gzip
import zlib

import pytest

from handler.errors import DocumentRejected
from handler.ingestion.sources.content_encoding import decode_content
from handler.limits import MAX_DOCUMENT

TEXT = b"Cats sleep for most of the day. " * 20
PACKED = gzip.compress(TEXT, mtime=0)


def reason(content: bytes, encoding: str) -> str:
    with pytest.raises(DocumentRejected) as raised:
        decode_content(content, encoding)
    return f"{raised.value.code}: {raised.value.message}"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT, None),
        (TEXT, ""),
        (TEXT, "identity"),
        (TEXT, "aws-chunked"),
        (PACKED, "gzip"),
        (PACKED, "GZIP"),
        (PACKED, "x-gzip, aws-chunked"),
        (TEXT, "gzip"),  # unpacked by a client that kept the header
        (gzip.compress(TEXT[:100], mtime=0) + gzip.compress(TEXT[100:], mtime=0), "gzip"),
        (zlib.compress(TEXT), "deflate"),
        (zlib.compress(TEXT)[2:-4], "deflate"),
        (gzip.compress(PACKED, mtime=0), "gzip, gzip"),
    ],
)
def test_the_content_before_the_encoding_is_read(content: bytes, encoding: str | None) -> None:
    assert decode_content(content, encoding) == TEXT


@pytest.mark.parametrize("encoding", ["br", "zstd", "compress", "nonsense"])
def test_an_encoding_that_is_not_known_is_named(encoding: str) -> None:
    assert reason(TEXT, encoding) == (
        f"unsupported_file: The object's Content-Encoding is '{encoding}'; gzip and deflate can be "
        "read. Store it without one."
    )


@pytest.mark.parametrize(
    ("content", "encoding"), [(PACKED, "gzip"), (zlib.compress(TEXT), "deflate")]
)
def test_a_content_that_is_cut_off_is_called_so(content: bytes, encoding: str) -> None:
    assert "is cut off" in reason(content[:-9], encoding)


@pytest.mark.parametrize(
    "content", [b"\x1f\x8bnonsense", PACKED[:-8] + bytes(8), PACKED + b"\x1f\x8b!"]
)
def test_a_damaged_content_is_refused(content: bytes) -> None:
    assert reason(content, "gzip").startswith("invalid_file: The object's c")


def test_a_bomb_is_refused_at_the_limit_of_a_document() -> None:
    bomb = gzip.compress(bytes(MAX_DOCUMENT + 1), 1)
    assert len(bomb) < 1_000_000
    assert "more than 52,428,800 bytes when it is unpacked" in reason(bomb, "gzip")
    assert "more than 52,428,800" in reason(zlib.compress(bytes(MAX_DOCUMENT + 1), 1), "deflate")


def test_very_many_members_are_refused() -> None:
    assert "damaged" in reason(gzip.compress(b"") * 100_001, "gzip")
