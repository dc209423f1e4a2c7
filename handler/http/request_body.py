"""Read a request's body, up to its limit. Does not parse it."""

from __future__ import annotations

from fastapi import Request

from handler.errors import InvalidRequest, RequestTooLarge
from handler.limits import MAX_BODY


async def read_body(request: Request) -> bytes:
    """The request's body. Raises RequestTooLarge as soon as it is known to be over the limit."""
    encoding = request.headers.get("content-encoding", "identity")
    if encoding.lower() != "identity":
        raise InvalidRequest(
            f"Content-Encoding {encoding[:40]} is not accepted; send uncompressed JSON."
        )
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > MAX_BODY:
        raise _too_large(int(declared))
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_BODY:
            raise _too_large(len(body))
    return bytes(body)


def _too_large(size: int) -> RequestTooLarge:
    return RequestTooLarge(
        f"The body is {size} bytes or more; the limit is {MAX_BODY}. Send the input in parts."
    )
