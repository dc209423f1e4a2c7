"""Clients that a server must survive: `python -m tests.load.hostile_clients PORT`, until killed.

They abandon long requests, send headers and bodies by the byte, send bodies that are too large,
never read their answers, and hold connections without a word. A process of their own, so that the
measured clients do not share its time.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import sys
from collections.abc import Awaitable, Callable

ABANDONED, TEXTS = 45, 400  # requests at a time, texts in each
ABANDONED_AFTER, ABANDONED_EVERY = 1.0, 5.0  # s
IDLE = 300
TRICKLING = 30  # of each kind
OVERSIZE = 2
UNREAD = 20
PIPELINED = 50  # requests whose answers are not read, on a connection

Client = Callable[[int], Awaitable[None]]


async def connect(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", port, limit=4_096)


def post(body: bytes, *, length: int | None = None) -> bytes:
    """A request for embeddings, which may announce another length than it has."""
    return (
        b"POST /v1/embeddings HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
        b"content-length: %d\r\n\r\n%s" % (len(body) if length is None else length, body)
    )


LONG_REQUEST = post(json.dumps({"input": [f"{n} {'word ' * 200}" for n in range(TEXTS)]}).encode())


async def abandon(port: int) -> None:
    """Send a long request, and hang up while it is computed."""
    _, writer = await connect(port)
    writer.write(LONG_REQUEST)
    await asyncio.sleep(ABANDONED_AFTER)
    writer.close()


async def abandon_many(port: int) -> None:
    await asyncio.gather(*(survive(abandon, port) for _ in range(ABANDONED)))
    await asyncio.sleep(ABANDONED_EVERY - ABANDONED_AFTER)


async def trickle_headers(port: int) -> None:
    _, writer = await connect(port)
    writer.write(b"POST /v1/embeddings HTTP/1.1\r\nhost: localhost\r\n")
    while True:
        writer.write(b"x-a: b\r\n"[:1])
        await writer.drain()
        await asyncio.sleep(1)


async def trickle_body(port: int) -> None:
    _, writer = await connect(port)
    writer.write(post(b'{"input": "', length=1_000_000))
    while True:
        writer.write(b"a")
        await writer.drain()
        await asyncio.sleep(1)


async def send_too_much(port: int) -> None:
    reader, writer = await connect(port)
    writer.write(post(b" " * 7_000_000))
    await reader.read(100)
    writer.close()
    await asyncio.sleep(1)


async def never_read(port: int) -> None:
    """Ask again and again, and read nothing."""
    loop = asyncio.get_running_loop()
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.setblocking(False)
        await loop.sock_connect(connection, ("127.0.0.1", port))
        request = b"GET /openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n"
        await loop.sock_sendall(connection, request * PIPELINED)
        await asyncio.sleep(3_600)


async def say_nothing(port: int) -> None:
    reader, _ = await connect(port)
    await reader.read(1)


async def survive(client: Client, port: int) -> None:
    """Be one client, whatever the server does to it."""
    with contextlib.suppress(OSError, asyncio.IncompleteReadError):
        await client(port)


async def repeat(client: Client, port: int) -> None:
    while True:
        await survive(client, port)
        await asyncio.sleep(0.5)


async def attack(port: int) -> None:
    """All of them at the same time, without end."""
    clients: list[tuple[Client, int]] = [
        (abandon_many, 1),
        (trickle_headers, TRICKLING),
        (trickle_body, TRICKLING),
        (send_too_much, OVERSIZE),
        (never_read, UNREAD),
        (say_nothing, IDLE),
    ]
    await asyncio.gather(*(repeat(client, port) for client, count in clients for _ in range(count)))


if __name__ == "__main__":
    asyncio.run(attack(int(sys.argv[1])))
