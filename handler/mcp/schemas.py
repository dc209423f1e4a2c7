"""JSON-RPC messages, for /openapi.json. `messages` reads and writes them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

__all__ = ["McpReply"]


class McpMessage(BaseModel):
    """A request, or a notification if it has no id."""

    jsonrpc: Literal["2.0"]
    id: str | int | None = None
    method: str
    params: dict[str, Any] = {}


class McpReply(BaseModel):
    """The answer to a request: a result or an error."""

    jsonrpc: Literal["2.0"]
    id: str | int | None
    result: dict[str, Any] | None = None
    error: dict[str, Any] | None = None
