"""Read a request's body as a form with a file. Its file goes to disk as it comes.

Imported by the requests that have one: it would slow every cold start down.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from fastapi import Request

from handler.digits import whole_number
from handler.errors import InvalidRequest, RequestTooLarge
from handler.files.form import Form
from handler.http.admission import ON_DISK, Admission
from handler.http.concurrency import QUICK_BODY, run_before_the_end
from handler.http.content_encoding import Decoder
from handler.http.lambda_events import CAME_AS_TEXT
from handler.http.multipart import FormParser, read_boundary
from handler.limits import LAMBDA_FILE, MAX_BODY, MAX_DOCUMENT, MAX_FORM_FIELDS, SPOOLED_FORM
from handler.request_context import RequestContext

LOST = "\N{REPLACEMENT CHARACTER}".encode()  # what a gateway puts where bytes are no UTF-8


async def read_form(request: Request, *, file_field: str, text_fields: Collection[str]) -> Form:
    """The request's form. Its file is deleted when the request ends.

    Raises InvalidRequest if it is wrong, RequestTooLarge as soon as it is known to be over the
    limit, and TooBusy or NotReady if the server has no room for it.
    """
    context: RequestContext = request.state.context
    _expect_bytes(request.scope.get("aws.event"))
    limit = _limit(context)
    declared = whole_number(request.headers.get("content-length", "")) or 0
    if declared > limit:
        raise _too_large(declared, limit, context, place=file_field)
    decoder = Decoder(request.headers.getlist("content-encoding"), limit=limit)
    boundary = read_boundary(request.headers.get("content-type", ""))
    parser = FormParser(
        boundary, file_field=file_field, text_fields=text_fields, max_file=MAX_DOCUMENT
    )
    context.at_end.callback(parser.close)
    if on_disk := request.scope.get("extensions", {}).get(ON_DISK):
        on_disk["begin"]()
    waiting, received = bytearray(), 0

    def parse() -> None:
        parser.feed(decoder.decode(bytes(waiting)))
        waiting.clear()

    async for part in request.stream():
        received += len(part)
        if received > limit:
            raise _too_large(received, limit, context, place=file_field)
        _admit(request, context, len(part))
        waiting += part
        if len(waiting) >= SPOOLED_FORM:
            await run_before_the_end(request, parse)
    if len(waiting) <= QUICK_BODY:
        parse()
    else:
        await run_before_the_end(request, parse)
    decoder.finish()
    return parser.finish()


def _expect_bytes(event: Mapping[str, Any] | None) -> None:
    """Raises InvalidRequest if bytes were lost on the way to Lambda."""
    if event is not None and event[CAME_AS_TEXT] and LOST in event["body"]:
        raise InvalidRequest(
            "The body came as text, in which bytes that are no text are lost. Add "
            "multipart/form-data to the binary media types of the REST API (docs/files.md), or "
            "call the HTTP API or the Function URL."
        )


def _limit(context: RequestContext) -> int:
    """Bytes of the body."""
    return MAX_BODY if context.is_alone else MAX_DOCUMENT + MAX_FORM_FIELDS


def _admit(request: Request, context: RequestContext, count: int) -> None:
    """Count what the body holds of the memory: of its file, and of what is not parsed yet."""
    count = min(count, 2 * SPOOLED_FORM - context.body_bytes)
    if count > 0 and not context.is_alone:
        admission: Admission = request.app.state.admission
        admission.admit_bytes(count, context)


def _too_large(size: int, limit: int, context: RequestContext, *, place: str) -> RequestTooLarge:
    cure = "Send a smaller file, or cut it into several."
    if context.is_alone:
        cure = (
            "Send the file in parts: client.uploads.upload_file_chunked(file=…, mime_type=…, "
            f"purpose=…, part_size={LAMBDA_FILE:_}). They may be {MAX_DOCUMENT:,} bytes together."
        )
    return RequestTooLarge(
        f"The body is {size:,} bytes or more; the limit is {limit:,}. {cure}", param=place
    )
