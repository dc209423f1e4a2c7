"""A route that takes the request as it is: no dependencies are resolved and no models built.

FastAPI's resolution of dependencies takes longer than the rest of a short request. /openapi.json
describes the route as any other. Errors pass to the application's handlers.
"""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.types import Receive, Scope, Send

from handler.http.dependencies import check_key


class DirectRoute(APIRoute):
    """A route that checks the API key, and calls its function with the request alone."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.app = self._answer

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        check_key(request)
        response = await self.endpoint(request)
        await response(scope, receive, send)
