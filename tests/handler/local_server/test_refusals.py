"""What the server refuses by itself is answered in OpenAI's shape."""

from __future__ import annotations

import json

import h11
import pytest

from handler.errors import ApiError
from handler.local_server import refusals
from handler.local_server.bounds import Bounds

BOUNDS = Bounds(connections=3)
MALFORMED = h11.RemoteProtocolError("illegal request line")
CHUNKED = b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n"
LARGE = h11.RemoteProtocolError("too long", error_status_hint=431)


@pytest.mark.parametrize(
    ("refusal", "status", "code", "header"),
    [
        (refusals.malformed(MALFORMED), 400, None, "x-should-retry: false"),
        (refusals.malformed(LARGE), 413, None, "x-should-retry: false"),
        (refusals.late_headers(BOUNDS), 408, "request_timeout", "x-should-retry: false"),
        (refusals.late_body(BOUNDS), 408, "request_timeout", "x-should-retry: false"),
        (refusals.full(BOUNDS), 503, "server_busy", "retry-after: 1"),
        (refusals.too_much_incomplete(), 503, "server_busy", "retry-after: 1"),
        (refusals.shutting_down(), 503, "server_stopping", "retry-after: 1"),
    ],
)
def test_a_refusal_has_the_shape_and_the_code_of_other_errors(
    refusal: ApiError, status: int, code: str | None, header: str
) -> None:
    head, body = refusals.encode(refusal).decode().split("\r\n\r\n")
    lines = head.split("\r\n")
    assert lines[0].startswith(f"HTTP/1.1 {status} ")
    assert {"connection: close", f"content-length: {len(body)}", header} <= set(lines)
    error = json.loads(body)["error"]
    assert error.keys() == {"message", "type", "param", "code"}
    assert error["code"] == code


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (b"GET / HTTP/1.1\r\nauthorization : Bearer sk-key\r\n\r\n", "illegal header line"),
        (b"GET / HTTP/1.1\r\napi-key: sk-key\0\r\n\r\n", "illegal header line"),
        (b"sk-key\r\n\r\n", "illegal request line"),
        (CHUNKED + b"sk-key\r\n", "illegal chunk header"),
        (CHUNKED + b"1\r\nask-key", "malformed chunk footer"),
        (b"GET / HTTP/1.1\r\n\r\n", "Missing mandatory Host: header"),
    ],
)
def test_what_is_not_http_is_not_quoted(sent: bytes, reason: str) -> None:
    """It may have a key, and clients log messages."""
    parser = h11.Connection(h11.SERVER)
    parser.receive_data(sent)
    with pytest.raises(h11.RemoteProtocolError) as caught:
        for _ in range(3):  # the chunk is the third event at most
            parser.next_event()
    message = refusals.malformed(caught.value).message
    assert message == f"This is not a valid HTTP/1.1 request: {reason}."
