"""Read a request's body, up to its limit. Does not parse it."""

from __future__ import annotations

from fastapi import Request

from handler.digits import whole_number
from handler.errors import RequestTooLarge
from handler.http.admission import Admission
from handler.http.content_encoding import Decoder
from handler.limits import MAX_BODY
from handler.request_context import RequestContext


async def read_body(request: Request) -> bytes:
    """The request's body, decoded.

    Raises RequestTooLarge as soon as it is known to be over the limit, and TooBusy if the bodies
    of all requests are.
    """
    admission: Admission = request.app.state.admission
    context: RequestContext = request.state.context
    decoder = Decoder(request.headers.getlist("content-encoding"))
    declared = whole_number(request.headers.get("content-length", "")) or 0
    if declared > MAX_BODY:
        raise _too_large(declared)
    body, received = bytearray(), 0
    async for part in request.stream():
        received += len(part)
        if received > MAX_BODY:
            raise _too_large(received)
        decoded = decoder.decode(part)
        if not context.is_alone:
            admission.admit_bytes(len(decoded), context)
        body += decoded
    decoder.finish()
    return bytes(body)


def _too_large(size: int) -> RequestTooLarge:
    return RequestTooLarge(
        f"The body is {size} bytes or more; the limit is {MAX_BODY}. Send the input in parts."
    )
