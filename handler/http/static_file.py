"""Answer with a file that comes with the code, such as a page's script. Does not read it."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping

from fastapi import Request, Response

from handler.http.error_handlers import NOT_MODIFIED
from handler.request_context import RequestContext


def static_file(
    request: Request, content: bytes, media_type: str, headers: Mapping[str, str]
) -> Response:
    """The file, or 304 if the client has it already.

    Compressed where the client takes that: a load balancer takes no answer over a megabyte.
    headers: of the answer, beside those that say how it may be kept and which content it has.
    """
    context: RequestContext = request.state.context
    # Weak: the same, whether the content is compressed or not. (RFC 9110, section 8.8.1)
    tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    vary = ", ".join(filter(None, (headers.get("vary"), "accept-encoding")))
    headers = {**headers, "etag": f"W/{tag}", "vary": vary, "x-content-type-options": "nosniff"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=NOT_MODIFIED, headers=headers)
    if context.takes_gzip:
        content = gzip.compress(content, compresslevel=6, mtime=0)
        headers["content-encoding"] = "gzip"
    return Response(content, headers=headers, media_type=media_type)
