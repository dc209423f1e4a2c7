"""The codings of bodies: which answers may be gzipped, and decoding of compressed requests.

A request's body is decoded in parts, and never to more than its limit: what is beyond it is not
decoded at all. Does not read bodies; `request_body` does. (RFC 9110, sections 8.4 and 12.5.3)
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from handler.errors import InvalidRequest, RequestTooLarge, UnsupportedEncoding
from handler.http.weights import weights
from handler.limits import MAX_BODY, MAX_GZIP_MEMBERS

GZIP = ("gzip", "x-gzip")  # equal, by RFC 9110, section 8.4.1.3
ACCEPTED = "gzip, deflate"
# Some clients send a charset, or nothing, in the place of a coding.
NO_CODING = ("", "identity", "utf-8", "utf8")

# zlib's window sizes stand for formats: a gzip header, a zlib header, none.
GZIP_FORMAT, ZLIB_FORMAT, RAW_FORMAT = 31, 15, -15
PIECE = 65_536  # bytes


def accepts_gzip(header: str) -> bool:
    """Whether a request's Accept-Encoding, its lines joined by commas, allows gzip.

    An invalid weight allows nothing: every client can read an answer that is not compressed.
    """
    accepted = weights(header)
    named = [accepted[name] for name in GZIP if name in accepted]
    return min(named, default=accepted.get("*", 0.0)) > 0


class Decoder:
    """Decodes one body. Parts go in as they arrive; `finish` tells whether the body was whole."""

    def __init__(self, codings: Sequence[str], *, limit: int = MAX_BODY) -> None:
        """codings: the lines of Content-Encoding. limit: bytes of the decoded body.

        Raises UnsupportedEncoding if they are not one that is decoded here.
        """
        names = [name.strip().lower() for line in codings for name in line.split(",")]
        names = [name for name in names if name not in NO_CODING]
        if len(names) > 1 or (names and names[0] not in (*GZIP, "deflate")):
            raise UnsupportedEncoding(
                f"Content-Encoding {', '.join(names)[:40]} is not accepted. Send the body as it "
                f"is, or in one of these: {ACCEPTED}.",
                code="unsupported_content_encoding",
            )
        self._coding = names[0] if names else None
        self._limit = limit
        self._stream: zlib._Decompress | None = None
        self._members = 0
        self._size = 0  # decoded so far

    def decode(self, part: bytes) -> bytes:
        """The next part, decoded. Raises InvalidRequest or RequestTooLarge."""
        if self._coding is None:
            return part
        # In pieces, since what follows the end of a stream is copied.
        pieces = (part[start : start + PIECE] for start in range(0, len(part), PIECE))
        return b"".join(map(self._decode, pieces))

    def _decode(self, part: bytes) -> bytes:
        decoded = bytearray()
        while part:
            if self._stream is None:
                self._stream = self._begin(part[0])
            try:
                # At most one byte over the limit, so a bomb takes no memory.
                decoded += self._stream.decompress(
                    part, self._limit + 1 - self._size - len(decoded)
                )
            except zlib.error as error:
                raise self._damaged() from error
            if self._size + len(decoded) > self._limit:
                raise RequestTooLarge(
                    f"The body is over {self._limit} bytes when it is decoded; the limit is "
                    f"{self._limit}. Send the input in parts."
                )
            part = b""
            if self._stream.eof:
                part = self._stream.unused_data
                self._stream = None
        self._size += len(decoded)
        return bytes(decoded)

    def finish(self) -> None:
        """Raises InvalidRequest if the body ended too early."""
        if self._stream is not None:
            raise InvalidRequest(
                f"The body ends before its {self._coding} data does. Send all of it."
            )

    def _begin(self, first: int) -> zlib._Decompress:
        """The next stream of the body. Only gzip's may follow one another (RFC 1952, 2.2)."""
        self._members += 1
        if self._members > (MAX_GZIP_MEMBERS if self._coding in GZIP else 1):
            raise self._damaged()
        if self._coding in GZIP:
            return zlib.decompressobj(GZIP_FORMAT)
        # Some clients leave out the zlib header, whose first byte ends in 8 (RFC 1950, 2.2).
        return zlib.decompressobj(ZLIB_FORMAT if first & 0x0F == 8 else RAW_FORMAT)

    def _damaged(self) -> InvalidRequest:
        where = " after its end" if self._members > 1 else ""
        return InvalidRequest(
            f"The body is not {self._coding} data{where}, as its Content-Encoding says. Send the "
            "body as it is, or compress all of it once."
        )
