"""`make serve` (`python -m handler.commands.serve`): the local server, on HOST and PORT."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.types import ASGIApp

from handler.commands.failure import fail
from handler.digits import whole_number
from handler.local_server.bounds import Bounds
from handler.local_server.connections import most_connections
from handler.local_server.listening import LOCALHOST, CannotListen, is_loopback_only, listen
from handler.local_server.log_limit import write_limited_logs
from handler.local_server.server import Server, run_to_the_end
from handler.settings import SqliteAddress
from model_layer import ModelLayerError

if TYPE_CHECKING:
    from handler.local_worker.worker import Worker

SWITCH_SECONDS = 0.001


def main() -> int:
    host, port = os.environ.get("HOST") or LOCALHOST, os.environ.get("PORT") or "8444"
    number = whole_number(port)
    if number is None or number > 65_535:
        return fail(f"PORT is {port!r}; it can be a number from 0 (any free port) to 65535.")
    try:
        # Bound before the model is loaded, so that an occupied port is reported at once.
        sockets = listen(host, number)
    except CannotListen as error:
        return fail(f"{error} PORT=… takes another port.")
    try:
        from handler.api import embeddings, settings

        app = local_app(sockets)
    except (ModelLayerError, ValueError) as error:
        return fail(str(error))
    address = f"[{host}]" if ":" in host else host
    url = f"http://{address}:{sockets[0].getsockname()[1]}"
    print(f"{embeddings.encoder.bundle.fingerprint} at {url}/v1, docs at {url}/docs", flush=True)
    # With Python's 5 ms, the event loop waits that long for each thread that is busy in Python.
    sys.setswitchinterval(SWITCH_SECONDS)
    bounds = Bounds(connections=most_connections(), keep_alive_seconds=settings.keep_alive_seconds)
    server = Server(app, bounds, write_limited_logs())
    worker = local_worker(server)
    if worker is None:
        return run_to_the_end(server, sockets)
    worker.start()
    return run_to_the_end(server, sockets, at_end=worker.close)


def local_worker(server: Server) -> Worker | None:
    """What does the tasks of a store in a file, with the server's model; None without such a store.

    It waits for the file, which the first write makes. It stops when the server is told to.
    """
    from handler.api import embeddings, operations, settings

    address = settings.vector_store
    if not isinstance(address, SqliteAddress):
        return None
    from handler.documents.sandbox import Sandbox
    from handler.ingestion.document_encoder import make_document_encoder
    from handler.local_worker.worker import Worker
    from handler.stores.sqlite.storage import SqliteStorage

    def is_over() -> bool:
        return server.should_exit

    def open_storage() -> SqliteStorage | None:
        if not path.exists():
            return None
        storage = operations().storage.open()
        return storage if isinstance(storage, SqliteStorage) else None

    path = Path(address.path)
    sandbox = Sandbox(keep_boilerplate=settings.keep_boilerplate)
    encoder = make_document_encoder(embeddings.encoder, settings, sandbox, is_cancelled=is_over)
    return Worker(open_storage, encoder, sandbox, is_over=is_over)


def local_app(sockets: list[socket.socket]) -> ASGIApp:
    """The application. It checks who calls if only this machine can, and needs no key."""
    from handler.api import app, embeddings, operations, settings
    from handler.http.app import create_app
    from handler.http.host_check import HostCheck

    if settings.key_hashes or not is_loopback_only(sockets):
        return app

    def guard(inner: ASGIApp) -> ASGIApp:
        return HostCheck(
            inner, allowed_hosts=settings.allowed_hosts, allowed_origins=settings.cors_origins
        )

    return create_app(embeddings, settings, operations=operations, guard=guard)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:  # before the server began
        sys.exit(0)
