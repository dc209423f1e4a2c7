"""HEAD and OPTIONS wherever GET is, and the methods that a path takes. (RFC 9110, section 9.3)"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fastapi import Response
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send


def allowed_methods(routes: Sequence[BaseRoute], scope: Scope) -> list[str]:
    """The methods that the path of `scope` takes, sorted; none if there is no such path."""
    methods: set[str] = set()
    for route in routes:
        if route.matches(scope)[0] is not Match.NONE:
            methods |= getattr(route, "methods", None) or set()
    return sorted(methods | {"HEAD", "OPTIONS"} if "GET" in methods else methods)


class HeadAndOptions:
    """ASGI middleware. HEAD is answered as GET without the body, OPTIONS with `allow`."""

    def __init__(self, app: ASGIApp, routes: Callable[[], Sequence[BaseRoute]]) -> None:
        self._app = app
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope.get("method")
        if method == "OPTIONS" and "OPTIONS" in (allowed := allowed_methods(self._routes(), scope)):
            await Response(status_code=204, headers={"allow": ", ".join(allowed)})(
                scope, receive, send
            )
            return
        if method != "HEAD":
            await self._app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}  # its length stays in the headers
            await send(message)

        # In place, since the access log reads the route from this scope.
        scope["method"] = "GET"
        try:
            await self._app(scope, receive, send_head)
        finally:
            scope["method"] = method
