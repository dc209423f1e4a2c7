"""`make serve` (`python -m handler.commands.serve`): the local server, on HOST and PORT."""

from __future__ import annotations

import os
import socket
import sys

import uvicorn

from handler.commands.failure import fail
from model_layer import ModelLayerError


def main() -> int:
    host, port = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8444"
    if not port.isdecimal() or int(port) > 65_535:
        return fail(f"PORT is {port!r}; it can be a number from 0 (any free port) to 65535.")
    try:
        # Bound before the model is loaded, so that an occupied port is reported at once.
        listener = listen(host, int(port))
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (while")[0].lower()
        return fail(f"Cannot listen on {host}:{port}: {reason}. PORT=… takes another port.")
    try:
        from handler.api import app, embeddings
    except (ModelLayerError, ValueError) as error:
        return fail(str(error))
    address = f"[{host}]" if ":" in host else host
    url = f"http://{address}:{listener.getsockname()[1]}"
    print(f"{embeddings.encoder.bundle.fingerprint} at {url}/v1, docs at {url}/docs", flush=True)
    # uvicorn's access log is off: each request writes a line of our own.
    server = uvicorn.Server(uvicorn.Config(app, log_level="info", access_log=False, lifespan="off"))
    server.run(sockets=[listener])
    return 0


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=2048)
    # asyncio sets this only on sockets that it makes. Without it, each answer on a kept connection
    # is 40 ms late: the second packet waits until the client has confirmed the first.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:  # uvicorn has closed its connections by then
        sys.exit(0)
