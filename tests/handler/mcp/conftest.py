"""The server of /mcp over the store of `tests.library`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from handler.mcp.messages import Reply
from handler.mcp.server import McpServer
from handler.mcp.tools import Tools
from handler.objects.configured_storage import ConfiguredStorage
from handler.request_context import RequestContext
from handler.settings import SqliteAddress
from handler.vector_stores.search import VectorSearch
from model_layer import Encoder

Ask = Callable[..., tuple[int, Any]]


@pytest.fixture(scope="module")
def tools(library: SqliteAddress, encoder: Encoder) -> Tools:
    storage = ConfiguredStorage(library, fingerprint=encoder.bundle.fingerprint)
    return Tools(storage, VectorSearch(encoder, storage))


@pytest.fixture(scope="module")
def ask(tools: Tools) -> Ask:
    """Sends a body, and returns the answer's status and its decoded body."""
    server = McpServer(tools, version="1.2.3")

    def ask(
        body: object, headers: dict[str, str] | None = None, **place: str | None
    ) -> tuple[int, Any]:
        content = body if isinstance(body, bytes) else orjson.dumps(body)
        reply: Reply = server.answer(content, headers or {}, RequestContext("id"), **place)
        return reply.status, orjson.loads(reply.body) if reply.body else None

    return ask
