"""`minilm serve`: the local server, on HOST and PORT."""

from __future__ import annotations

import argparse
import errno
import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TextIO

from starlette.types import ASGIApp

from handler import logs
from handler.commands.arguments import ArgumentParser
from handler.commands.bundle import FoundBundle, find_or_build_bundle
from handler.commands.failure import fail
from handler.commands.interruption import Interrupted, end, ends_at_once, interruptible
from handler.commands.output import print_json
from handler.commands.startup import EVERY_ADDRESS, Startup, look_at, url_of
from handler.commands.store import add_store_option, expect_writable, settings_with_store
from handler.commands.suggestions import host_setting, port_setting
from handler.commands.terminal import shown
from handler.digits import whole_number
from handler.local_server.bounds import Bounds
from handler.local_server.connections import most_connections
from handler.local_server.listening import LOCALHOST, CannotListen, is_loopback_only, listen
from handler.local_server.log_limit import write_limited_logs
from handler.local_server.server import Server, run_to_the_end
from handler.settings import Settings, SqliteAddress
from model_layer import PRECISIONS, ModelLayerError

if TYPE_CHECKING:
    from handler.local_worker.worker import Observer, Worker
    from handler.metrics.server import ServerMetrics

SWITCH_SECONDS = 0.001
MAX_PORT = 65_535
EXAMPLES = """
minilm serve
minilm serve --port 0 --store notes.sqlite
minilm serve --host 0.0.0.0 --log-format json
"""


def main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    host = options.host or os.environ.get("HOST") or LOCALHOST
    try:
        port = _port(os.environ.get("PORT") or "8444") if options.port is None else options.port
    except argparse.ArgumentTypeError as error:
        return fail(f"PORT {str(error).removeprefix('it ')}.")
    for name in ("precision", "log_format", "page"):
        if (value := getattr(options, name)) is not None:
            os.environ[name.upper()] = str(value)
    try:
        settings = settings_with_store(options.store)
        expect_writable(settings.vector_store)
        # Bound before the model is loaded, so that an occupied port is reported at once.
        sockets = listen(host, port)
        with interruptible():
            bundle = find_or_build_bundle(settings.precision)
        with ends_at_once():
            app, metrics = local_app(sockets)  # loads the model
    except Interrupted as interrupted:
        end(interrupted.status, "Interrupted.")
    except CannotListen as error:
        return fail(f"{error} {_cure(error)}")
    except (ModelLayerError, ValueError) as error:
        return fail(str(error))
    as_text = _as_text(settings, sys.stderr)
    logs.write_text(on=as_text)
    with ends_at_once(0):  # until the server looks out for Ctrl-C itself
        announced_as_text = _as_text(settings, sys.stdout)
        _announce(sockets, host, bundle, asked=options.store, as_text=announced_as_text)
        return _serve(app, metrics, sockets, settings, as_text=as_text)


def _as_text(settings: Settings, stream: TextIO) -> bool:
    """Whether people read the stream."""
    return (settings.log_format or ("text" if stream.isatty() else "json")) == "text"


def _serve(
    app: ASGIApp,
    metrics: ServerMetrics,
    sockets: list[socket.socket],
    settings: Settings,
    *,
    as_text: bool,
) -> NoReturn:
    # With Python's 5 ms, the event loop waits that long for each thread that is busy in Python.
    sys.setswitchinterval(SWITCH_SECONDS)
    bounds = Bounds(connections=most_connections(), keep_alive_seconds=settings.keep_alive_seconds)
    server = Server(app, bounds, write_limited_logs(as_text=as_text))
    metrics.watch(server.server_state)
    worker = local_worker(server, metrics.ingestion)
    if worker is None:
        run_to_the_end(server, sockets)
    worker.start()
    run_to_the_end(server, sockets, at_end=worker.close)


def _parser() -> argparse.ArgumentParser:
    parser = ArgumentParser(
        "serve",
        "Serve OpenAI's API on this machine: embeddings, files, vector stores and their search. "
        "Environment variables set the rest; docs/api.md lists them.",
        examples=EXAMPLES,
    )
    parser.add_argument(
        "--host",
        help="the address to listen on; 0.0.0.0 is every one (default: HOST, or localhost)",
    )
    parser.add_argument(
        "--port", type=_port, help="the port, 0 for any free one (default: PORT, or else 8444)"
    )
    add_store_option(parser)
    parser.add_argument(
        "--precision", choices=PRECISIONS, help="of the model (default: PRECISION, or else int8)"
    )
    parser.add_argument(
        "--page",
        action=argparse.BooleanOptionalAction,
        help="whether browsers get the page with tools at / (default: PAGE, or else yes)",
    )
    parser.add_argument(
        "--log-format",
        choices=["text", "json"],
        help="of the log (default: LOG_FORMAT, or else text on a terminal and json elsewhere)",
    )
    return parser


def _port(text: str) -> int:
    number = whole_number(text)
    if number is None or number > MAX_PORT:
        raise argparse.ArgumentTypeError(
            f"it is {text!r}; it can be a number from 0 (any free port) to {MAX_PORT}"
        )
    return number


def _cure(error: CannotListen) -> str:
    cause = error.__cause__
    if isinstance(cause, OSError) and cause.errno in (errno.EADDRINUSE, errno.EACCES):
        return f"{port_setting()} takes another port."
    return f"{host_setting()} takes another address."


def _announce(
    sockets: list[socket.socket],
    host: str,
    bundle: FoundBundle,
    *,
    asked: str | None,
    as_text: bool,
) -> None:
    """Say on standard output what is served, and where. asked: `--store`."""
    from handler.api import embeddings, settings

    found = embeddings.encoder.bundle
    bound, port = sockets[0].getsockname()[:2]
    startup = Startup(
        url=url_of(bound if bound in EVERY_ADDRESS else host, port),  # HOST may be 0
        bundle=found,
        is_new=bundle.is_new,
        settings=settings,
        is_local=is_loopback_only(sockets),
        store=look_at(settings.vector_store, found.fingerprint),
        asked=asked,
    )
    if as_text:
        print("\n".join(map(shown, startup.as_text().splitlines())))
    else:
        print_json(startup.as_json())
    sys.stdout.flush()


def local_worker(server: Server, observer: Observer) -> Worker | None:
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
    return Worker(open_storage, encoder, sandbox, is_over=is_over, observer=observer)


def local_app(sockets: list[socket.socket]) -> tuple[ASGIApp, ServerMetrics]:
    """The application, and its metrics, which it has at /metrics.

    It checks who calls if it needs no key.
    """
    from handler.api import embeddings, operations, settings
    from handler.http.app import admission_for, create_app
    from handler.http.host_check import HostCheck
    from handler.metrics.exposition import metrics_routes
    from handler.metrics.server import ServerMetrics

    def guard(inner: ASGIApp) -> ASGIApp:
        return HostCheck(
            inner,
            allowed_hosts=settings.allowed_hosts,
            allowed_origins=settings.cors_origins,
            is_private=is_loopback_only(sockets),
        )

    admission = admission_for(embeddings, settings)
    metrics = ServerMetrics(
        embeddings.encoder, admission, settings, storage=lambda: operations().storage
    )
    app = create_app(
        embeddings,
        settings,
        operations=operations,
        guard=None if settings.key_hashes else guard,
        admission=admission,
        routes=metrics_routes(metrics.registry),
        observe=metrics.requests.observe,
    )
    return app, metrics
