"""The server of the protocol: stateless, one message in and one answer out. Knows no HTTP.

Each request is answered by itself: there are no sessions, and the server never asks the client.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from handler.errors import ApiError
from handler.mcp.messages import (
    INVALID_PARAMS,
    METHOD_NOT_FOUND,
    PARSE_ERROR,
    STATUS_OF_ERROR,
    Message,
    ProtocolError,
    Reply,
    failure,
    read_message,
    result,
)
from handler.mcp.tools import TOOLS, Tools
from handler.mcp.versions import (
    PER_REQUEST,
    SERVER_KEY,
    WITH_HANDSHAKE,
    negotiated,
    version_of,
)
from handler.request_context import RequestContext
from handler.validation import parse_json

NAME = "minilm-lambda"
INSTRUCTIONS = (
    "Documents of this server's users. `search` finds them by meaning and by words; `fetch` gives "
    "the text of one by the id that `search` found."
)
CAPABILITIES: dict[str, Any] = {"tools": {"listChanged": False}}
# The tools never change while the server runs, and are the same for everybody.
FRESH = {"ttlMs": 3_600_000, "cacheScope": "public"}


class McpServer:
    """Answers messages with the tools. Thread-safe."""

    def __init__(self, tools: Tools, *, version: str) -> None:
        """version: of this program."""
        self._tools = tools
        self._info = {"name": NAME, "version": version}

    def answer(
        self, body: bytes, headers: Mapping[str, str], context: RequestContext, **place: str | None
    ) -> Reply:
        """The answer to a body. headers: by their names in lower case. place: see `Tools.call`."""
        try:
            message = read_message(parse_json(body))
        except ApiError as error:
            return failure(None, ProtocolError(PARSE_ERROR, error.message), status=400)
        except ProtocolError as error:
            return failure(None, error, status=400)
        is_new = False
        try:
            if message.method != "initialize":
                is_new = version_of(message, headers) in PER_REQUEST
            if message.is_notification:
                return Reply(202)
            value = self._value(message, context, place)
        except ProtocolError as error:
            is_old = not is_new and message.method != "server/discover"
            known = error.code in (METHOD_NOT_FOUND, INVALID_PARAMS)
            status = 200 if is_old and known else STATUS_OF_ERROR.get(error.code, 400)
            return failure(message.id, error, status=status)
        if is_new:
            value = {**value, "resultType": "complete", "_meta": {SERVER_KEY: self._info}}
            if message.method in ("server/discover", "tools/list"):
                value |= FRESH
        return result(message, value)

    def _value(
        self, message: Message, context: RequestContext, place: Mapping[str, str | None]
    ) -> dict[str, Any]:
        methods: dict[str, Callable[[], dict[str, Any]]] = {
            "initialize": lambda: self._initialize(message),
            "server/discover": self._discover,
            "ping": dict,
            "tools/list": lambda: {"tools": TOOLS},
            "tools/call": lambda: self._call(message, context, place),
        }
        if message.method not in methods:
            raise ProtocolError(
                METHOD_NOT_FOUND,
                f"The method {message.method[:100]!r} is not known; {', '.join(methods)} are.",
            )
        return methods[message.method]()

    def _initialize(self, message: Message) -> dict[str, Any]:
        return {
            "protocolVersion": negotiated(message),
            "capabilities": CAPABILITIES,
            "serverInfo": self._info,
            "instructions": INSTRUCTIONS,
        }

    def _discover(self) -> dict[str, Any]:
        return {
            "supportedVersions": [*reversed(PER_REQUEST), *reversed(WITH_HANDSHAKE)],
            "capabilities": CAPABILITIES,
            "instructions": INSTRUCTIONS,
        }

    def _call(
        self, message: Message, context: RequestContext, place: Mapping[str, str | None]
    ) -> dict[str, Any]:
        name, arguments = message.params.get("name"), message.params.get("arguments")
        known = [tool["name"] for tool in TOOLS]
        if name not in known:
            raise ProtocolError(
                INVALID_PARAMS, f"The tool {str(name)[:100]!r} is not known; {known} are."
            )
        if not isinstance(arguments, dict):
            arguments = {}
        return self._tools.call(str(name), arguments, context, **place)
