"""The versions of the protocol, and the one that a request is of.

Until 2025-11-25, a client begins with `initialize`, and names the version in a header afterwards.
Since 2026-07-28, each request says by itself who asks and in which version, twice: in `_meta`, and
in headers, for what is between client and server. Nothing is remembered in either case.
(modelcontextprotocol.io/specification, "Lifecycle", "Transports" and "Versioning")
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping

from handler.mcp.messages import (
    HEADER_MISMATCH,
    INVALID_PARAMS,
    UNSUPPORTED_VERSION,
    Message,
    ProtocolError,
)

WITH_HANDSHAKE = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")
PER_REQUEST = ("2026-07-28",)
SUPPORTED = (*WITH_HANDSHAKE, *PER_REQUEST)

VERSION_HEADER = "mcp-protocol-version"
VERSION_KEY = "io.modelcontextprotocol/protocolVersion"
CAPABILITIES_KEY = "io.modelcontextprotocol/clientCapabilities"
SERVER_KEY = "io.modelcontextprotocol/serverInfo"

ENCODED = re.compile(r"=\?base64\?([A-Za-z0-9+/]*={0,2})\?=")


def version_of(message: Message, headers: Mapping[str, str]) -> str:
    """The version that a request is to be answered in. Raises ProtocolError."""
    named = headers.get(VERSION_HEADER)
    if VERSION_KEY in message.meta or named in PER_REQUEST:
        return _per_request(message, headers)
    if named is not None and named not in WITH_HANDSHAKE:
        raise _unsupported(named)
    # A client of the first two versions sends no header.
    return named or "2025-03-26"


def negotiated(message: Message) -> str:
    """The version that `initialize` agrees on: the client's, or the newest that has the method."""
    asked = message.params.get("protocolVersion")
    return asked if asked in WITH_HANDSHAKE else WITH_HANDSHAKE[-1]


def _per_request(message: Message, headers: Mapping[str, str]) -> str:
    missing = [key for key in (VERSION_KEY, CAPABILITIES_KEY) if key not in message.meta]
    if missing:
        raise ProtocolError(INVALID_PARAMS, f"'params._meta' has no {' and no '.join(missing)}.")
    version = message.meta[VERSION_KEY]
    if not isinstance(version, str):
        raise ProtocolError(INVALID_PARAMS, f"'params._meta.{VERSION_KEY}' must be a string.")
    expected = {VERSION_HEADER: version, "mcp-method": message.method}
    if message.method == "tools/call" and isinstance(message.params.get("name"), str):
        expected["mcp-name"] = message.params["name"]
    for header, value in expected.items():
        if _decoded(headers.get(header)) != value:
            raise ProtocolError(
                HEADER_MISMATCH, f"The header {header} is not what the body says: {value[:100]!r}."
            )
    if version not in PER_REQUEST:
        raise _unsupported(version)
    return version


def _decoded(value: str | None) -> str | None:
    """A header's value: what is not ASCII is in base64."""
    found = ENCODED.fullmatch(value or "")
    if not found:
        return value
    try:
        return base64.b64decode(found[1], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None


def _unsupported(version: str) -> ProtocolError:
    return ProtocolError(
        UNSUPPORTED_VERSION,
        f"The protocol version {version[:40]!r} is not supported; {', '.join(SUPPORTED)} are.",
        {"supported": list(SUPPORTED), "requested": version[:40]},
    )
