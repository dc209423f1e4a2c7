"""JSON-RPC messages, for /openapi.json. `messages` reads and writes them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field
from pydantic.json_schema import SkipJsonSchema

from handler.mcp.messages import LARGEST_ID

__all__ = ["McpReply"]

Id = str | Annotated[int, Field(ge=-LARGEST_ID, le=LARGEST_ID)]


class McpMessage(BaseModel):
    """A request, or a notification if it has no id."""

    jsonrpc: Literal["2.0"]
    id: Id | SkipJsonSchema[None] = None
    method: str
    params: dict[str, Any] = {}


class McpReply(BaseModel):
    """The answer to a request: a result or an error."""

    jsonrpc: Literal["2.0"]
    id: Id | None
    result: dict[str, Any] | None = None
    error: dict[str, Any] | None = None
