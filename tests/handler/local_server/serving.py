"""A server in this process, with small bounds and an application of a few lines."""

from __future__ import annotations

import asyncio
import contextlib
import select
import socket
import threading
from collections.abc import Iterator

from starlette.types import Message, Receive, Scope, Send

from handler.http.admission import ON_DISK
from handler.http.concurrency import HANG_UP
from handler.local_server.bounds import Bounds
from handler.local_server.listening import listen
from handler.local_server.server import Server

LARGE = b"x" * 20_000_000


class Application:
    """Answers by path; its events let a test wait for what it does."""

    def __init__(self) -> None:
        self.began = threading.Semaphore(0)  # released by each request that takes a while
        self.saw_client_go = threading.Event()
        self.server: Server  # that it runs in

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope["path"]:
            case "/refuse":  # without reading the body
                await answer(send, 413, b"refused")
            case "/large":
                await answer(send, 200, LARGE)
            case "/late":  # reads the body after a while
                self.began.release()
                await asyncio.sleep(0.5)
                await answer(send, 200, b"%d" % len(await read(receive)))
            case "/count":
                await answer(send, 200, b"%d bytes" % len(await read(receive)))
            case "/wait" | "/wait-on-disk" as path:  # until the client goes
                if path == "/wait-on-disk":
                    scope["extensions"][ON_DISK]["begin"]()
                self.began.release()
                while (await receive())["type"] != "http.disconnect":
                    pass
                self.saw_client_go.set()
            case "/told":  # waits to be told that the client goes
                gone = asyncio.Event()
                scope["extensions"][HANG_UP]["call"](gone.set)
                self.began.release()
                await gone.wait()
                self.saw_client_go.set()
            case _:
                await answer(send, 200, await read(receive))


async def read(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message: Message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body)


async def answer(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@contextlib.contextmanager
def serving(bounds: Bounds, application: Application | None = None) -> Iterator[int]:
    """Run a server with these bounds. Gives its port."""
    sockets = listen("127.0.0.1", 0)
    port: int = sockets[0].getsockname()[1]
    application = application or Application()
    application.server = server = Server(application, bounds)
    thread = threading.Thread(target=server.run, args=(sockets,))
    thread.start()
    try:
        yield port
    finally:
        server.should_exit = True
        thread.join()


@contextlib.contextmanager
def connected(port: int, *, receive_buffer: int | None = None) -> Iterator[socket.socket]:
    """A client's connection, which waits 20 seconds at most."""
    with socket.socket() as client:
        if receive_buffer:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        client.settimeout(20)
        client.connect(("127.0.0.1", port))
        yield client


def read_all(client: socket.socket) -> bytes:
    """All that comes until the end. Raises ConnectionError if the connection is reset."""
    parts = []
    while part := client.recv(1 << 20):
        parts.append(part)
    return b"".join(parts)


def read_until(client: socket.socket, end: bytes) -> bytes:
    """All that comes up to `end`."""
    read = b""
    while not read.endswith(end):
        part = client.recv(1 << 20)
        assert part, f"the connection ended after {read!r}"
        read += part
    return read


def is_reset(client: socket.socket) -> bool:
    """Wait until the server resets the connection, without reading."""
    errors = select.poll()
    errors.register(client, 0)
    return bool(errors.poll(20_000))


def post(path: str, *, length: int | None = None, version: str = "1.1", extra: str = "") -> bytes:
    """The headers of a request."""
    sized = f"content-length: {length}\r\n" if length is not None else ""
    return f"POST {path} HTTP/{version}\r\nhost: localhost\r\n{sized}{extra}\r\n".encode()
