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
