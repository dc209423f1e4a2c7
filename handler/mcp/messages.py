"""JSON-RPC messages: what a request's body may be, and what it is answered with.

(jsonrpc.org/specification; modelcontextprotocol.io/specification, "Base Protocol")
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from handler.validation import integral, kind_of

LARGEST_ID = 1 << 53  # JSON is exact up to it

PARSE_ERROR = -32_700
INVALID_REQUEST = -32_600
METHOD_NOT_FOUND = -32_601
INVALID_PARAMS = -32_602
INTERNAL_ERROR = -32_603
# MCP's own, since 2026-07-28.
HEADER_MISMATCH = -32_020
UNSUPPORTED_VERSION = -32_022

# The statuses of errors in an answer to a client of 2026-07-28; others get 200, and an error that
# no id belongs to, 400.
STATUS_OF_ERROR = {METHOD_NOT_FOUND: 404, INTERNAL_ERROR: 200}


class ProtocolError(Exception):
    """A message cannot be answered as it is. The message says why."""

    def __init__(self, code: int, message: str, data: Mapping[str, Any] | None = None) -> None:
        # It may quote half an emoji, which UTF-8 cannot encode.
        message = message.encode("utf-8", "replace").decode()
        super().__init__(message)
        self.code, self.message, self.data = code, message, data


@dataclass(frozen=True)
class Message:
    """A request, or a notification: then it has no id, and gets no answer."""

    method: str
    params: Mapping[str, Any]
    id: str | int | None

    @property
    def is_notification(self) -> bool:
        """Whether it gets no answer."""
        return self.id is None

    @property
    def meta(self) -> Mapping[str, Any]:
        """What the client says of itself with the request; empty before 2026-07-28."""
        meta = self.params.get("_meta")
        return meta if isinstance(meta, Mapping) else {}


@dataclass(frozen=True)
class Reply:
    """An answer over HTTP."""

    status: int
    body: bytes = b""


def read_message(value: object) -> Message:
    """The message in a decoded body. Raises ProtocolError if it is none."""
    if not isinstance(value, dict):
        raise ProtocolError(
            INVALID_REQUEST, f"The body is {kind_of(value)}; it must be one JSON-RPC message."
        )
    if value.get("jsonrpc") != "2.0":
        raise ProtocolError(
            INVALID_REQUEST, f"'jsonrpc' is {kind_of(value.get('jsonrpc'))}; it must be \"2.0\"."
        )
    method = value.get("method")
    message_id: Any = integral(value.get("id"))
    if not isinstance(method, str):
        raise ProtocolError(
            INVALID_REQUEST, f"'method' is {kind_of(method)}; it must be a method's name."
        )
    if "id" in value and not _is_id(message_id):
        raise ProtocolError(
            INVALID_REQUEST, f"'id' is {kind_of(message_id)}; it must be a string or an integer."
        )
    params = value.get("params", {})
    if not isinstance(params, dict):
        raise ProtocolError(
            INVALID_REQUEST, f"'params' is {kind_of(params)}; it must be an object."
        )
    return Message(method, params, message_id if "id" in value else None)


def _is_id(value: object) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(value, str):  # one with half an emoji could not be sent back
        return not any("\ud800" <= one <= "\udfff" for one in value)
    return isinstance(value, int) and abs(value) <= LARGEST_ID


def result(message: Message, value: Mapping[str, Any]) -> Reply:
    """The answer to a request."""
    return Reply(200, orjson.dumps({"jsonrpc": "2.0", "id": message.id, "result": value}))


def failure(message_id: str | int | None, error: ProtocolError, *, status: int) -> Reply:
    """The answer to a request that cannot be answered."""
    described: dict[str, Any] = {"code": error.code, "message": error.message}
    if error.data is not None:
        described["data"] = error.data
    return Reply(status, orjson.dumps({"jsonrpc": "2.0", "id": message_id, "error": described}))
