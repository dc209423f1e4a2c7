"""Sends requests to an ASGI application in this process, and checks that it keeps to ASGI."""

from __future__ import annotations

import asyncio
from typing import Any, Self
from urllib.parse import unquote

from starlette.types import ASGIApp, Message

from tests.fuzz.answers import Answer
from tests.fuzz.http_requests import Request

PART = 1_000  # bytes of a body in a message, if it has few


class AsgiClient:
    """A client of one application. Its loop is its own; not thread-safe."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._loop = asyncio.new_event_loop()

    def send(self, request: Request, *, seconds: float) -> Answer | None:
        """The answer; None if the client hung up and got none. Raises what the application does.

        Raises TimeoutError if there is no answer after that many seconds.
        """
        exchange = _Exchange(request)
        running = asyncio.wait_for(
            self._app(_scope(request), exchange.receive, exchange.send), seconds
        )
        self._loop.run_until_complete(running)
        if request.hangs_up and exchange.start is None:
            return None
        return exchange.answer()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()


class _Exchange:
    """The messages of one request."""

    def __init__(self, request: Request) -> None:
        size = max(PART, len(request.body) // 20 + 1)
        body = request.body
        self._parts = [body[at : at + size] for at in range(0, len(body), size)] or [b""]
        if request.hangs_up:
            del self._parts[-1]
        self._hangs_up = request.hangs_up
        self._ended = asyncio.Event()
        self.start: Message | None = None
        self._content = b""

    async def receive(self) -> Message:
        if self._parts:
            part = self._parts.pop(0)
            more = bool(self._parts) or self._hangs_up
            return {"type": "http.request", "body": part, "more_body": more}
        if not self._hangs_up:
            await self._ended.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        assert not self._ended.is_set(), "a message after the end"
        if message["type"] == "http.response.start":
            assert self.start is None, "two starts"
            self.start = message
            return
        assert message["type"] == "http.response.body", message
        assert self.start is not None, "a body before the start"
        self._content += message.get("body", b"")
        if not message.get("more_body"):
            self._ended.set()

    def answer(self) -> Answer:
        assert self.start is not None, "no answer"
        assert self._ended.is_set(), "no end of the answer"
        headers: dict[str, str] = {}
        for name, value in self.start["headers"]:
            assert name == name.lower(), name
            assert not set(value) & set(b"\r\n\0"), value
            headers[name.decode("ascii")] = value.decode("latin-1")
        return Answer(self.start["status"], headers, self._content)


def _scope(request: Request) -> dict[str, Any]:
    """As uvicorn makes it."""
    raw, _, query = request.target.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "server": ("127.0.0.1", 8444),
        "client": ("127.0.0.1", 50_000),
        "scheme": "http",
        "root_path": "",
        "method": request.method,
        "path": unquote(raw),
        "raw_path": raw.encode("ascii"),
        "query_string": query.encode("ascii"),
        "headers": [(name.lower(), value) for name, value in request.headers],
        "state": {},
    }
