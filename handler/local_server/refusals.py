"""Answers that the server gives by itself, as bytes: no request has reached the application.

Their statuses and shapes are those of `http.error_handlers`.
"""

from __future__ import annotations

import re

import h11

from handler.errors import ApiError, InvalidRequest, NotReady, RequestTimeout, RequestTooLarge
from handler.http.error_handlers import error_response
from handler.local_server.bounds import Bounds
from handler.local_server.parser import TooManyChunks
from handler.request_context import request_id

HEADERS_TOO_LARGE = 431  # the parser's hint (RFC 6585, section 5); our answer has our own status
# The parser quotes what was sent. It may have a key, and clients log messages.
QUOTATION = re.compile(r":? (?:bytearray\()?b['\"].*", re.DOTALL)


def encode(error: ApiError) -> bytes:
    """The whole answer, which ends the connection."""
    response = error_response(
        error, {"connection": "close", "x-request-id": request_id(None, None)}
    )
    lines = [b"HTTP/1.1 %d " % response.status_code]
    lines += [b"%s: %s" % header for header in response.raw_headers]
    return b"\r\n".join([*lines, b"", bytes(response.body)])


def malformed(error: h11.RemoteProtocolError) -> ApiError:
    """What was sent is not HTTP, or has too large headers or too small chunks."""
    if isinstance(error, TooManyChunks):
        return RequestTooLarge(str(error))
    if error.error_status_hint == HEADERS_TOO_LARGE:
        return RequestTooLarge("The request's headers are too large. Send less in them.")
    reason = QUOTATION.sub("", str(error))
    return InvalidRequest(f"This is not a valid HTTP/1.1 request: {reason}.")


def misframed(version: str, headers: list[tuple[bytes, bytes]]) -> ApiError | None:
    """What the parser takes, and another server before this one may read as another request."""
    if version not in ("1.0", "1.1"):
        return InvalidRequest(f"HTTP/{version} is not understood. Send HTTP/1.1.")
    names = {name for name, _ in headers}
    if {b"content-length", b"transfer-encoding"} <= names:  # RFC 9112, section 6.1
        return InvalidRequest(
            "The request has Content-Length and Transfer-Encoding. Send one of them."
        )
    return None


def late_headers(bounds: Bounds) -> ApiError:
    return RequestTimeout(
        f"The request's headers were not complete after {bounds.header_seconds:.0f} seconds, and "
        f"one more for each {bounds.bytes_a_second:.0f} bytes. Send them without pauses.",
        code="request_timeout",
    )


def late_body(bounds: Bounds) -> ApiError:
    return RequestTimeout(
        f"The request's body was not complete after {bounds.body_seconds:.0f} seconds, and one "
        f"more for each {bounds.bytes_a_second:.0f} bytes. Send all bytes that Content-Length "
        "announces, without pauses.",
        code="request_timeout",
    )


def full(bounds: Bounds) -> ApiError:
    return NotReady(
        f"All {bounds.connections} connections are in use. Try again, and keep fewer open.",
        code="server_busy",
    )


def too_much_incomplete() -> ApiError:
    return NotReady(
        "Too many requests are incomplete, and this one is slow. Send it again.",
        code="server_busy",
    )


def shutting_down() -> ApiError:
    return NotReady("The server is shutting down. Try again later.", code="server_stopping")
