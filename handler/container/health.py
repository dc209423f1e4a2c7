"""The container's health check (`python -m handler.container.health`): is the server answering?

Asks /health, if the container serves. Docker runs this in a function's container as well, such as
that of `sam local`, where it has nothing to ask: Lambda itself looks after a function.
"""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

from handler.commands.failure import fail

FIRST_PROCESS = Path("/proc/1/cmdline")
SECONDS = 3.0
ANY = ("", "0.0.0.0", "::")  # noqa: S104  # told apart, not listened on
REQUEST = b"GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"


def main() -> int:
    arguments = FIRST_PROCESS.read_bytes().decode(errors="replace").split("\0")
    if "serve" not in arguments:
        return 0
    host, port = _option(arguments, "host"), _option(arguments, "port") or "8444"
    address = ("localhost" if host in ANY else host, int(port))
    try:
        with socket.create_connection(address, SECONDS) as connection:
            connection.sendall(REQUEST)
            answer = connection.recv(64)
    except OSError as error:
        return fail(f"The server at {address[0]}:{port} does not answer: {error}.")
    if not answer.startswith(b"HTTP/1.1 200 "):
        line = answer.decode("latin-1").partition("\r\n")[0]
        return fail(f"The server at {address[0]}:{port} answers with {line}.")
    return 0


def _option(arguments: list[str], name: str) -> str:
    """The value of --name, or else that of the variable NAME; "" if there is neither."""
    found = os.environ.get(name.upper(), "")
    for argument, following in zip(arguments, [*arguments[1:], ""], strict=True):
        key, equals, value = argument.partition("=")
        if key == f"--{name}":
            found = value if equals else following
    return found


if __name__ == "__main__":
    sys.exit(main())
