"""Cross-origin requests: which sites' pages may call, and why another was refused.

(fetch.spec.whatwg.org, "CORS protocol"; wicg.github.io/private-network-access) Refuses preflights
only: a browser sends nothing after one, and keeps answers from pages that may not read them.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from handler.errors import InvalidRequest
from handler.http.error_handlers import error_response

EXPOSED_HEADERS = (
    "openai-poll-after-ms",
    "openai-processing-ms",
    "retry-after",
    "x-embedding-dimensions",
    "x-embedding-fingerprint",
    "x-embedding-truncated",
    "x-request-id",
    "x-should-retry",
)
METHODS = ("DELETE", "GET", "HEAD", "POST")


class Cors(CORSMiddleware):
    """ASGI middleware: Starlette's, with refusals in OpenAI's shape."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        """origins: the sites whose pages may call; `*` is any."""
        super().__init__(
            app,
            allow_origins=origins,
            allow_methods=METHODS,
            allow_headers=["*"],
            allow_private_network=True,
            expose_headers=EXPOSED_HEADERS,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Without sites, an answer has nothing to say to any.
        if not self.allow_origins and not is_preflight(scope):
            await self.app(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    def preflight_response(self, request_headers: Headers) -> Response:
        """The answer to a preflight, with the reason if it is refused."""
        response = super().preflight_response(request_headers)
        origin = request_headers["origin"]
        method = request_headers["access-control-request-method"]
        if not self.is_allowed_origin(origin):
            allowed = ", ".join(self.allow_origins) or "empty"
            reason = (
                f"Pages of {origin[:200]} may not call: CORS_ALLOW_ORIGINS is {allowed}. Add the "
                "origin."
            )
        elif method not in self.allow_methods:
            reason = f"Pages may not send {method[:20]}; they may send {', '.join(METHODS)}."
        else:
            return response
        refusal = error_response(InvalidRequest(reason, code="cors_not_allowed"))
        refusal.headers["vary"] = response.headers["vary"]
        return refusal


def is_preflight(scope: Scope) -> bool:
    """Whether a browser asks if a page may send a request."""
    if scope["type"] != "http" or scope["method"] != "OPTIONS":
        return False
    headers = Headers(scope=scope)
    return "origin" in headers and "access-control-request-method" in headers
