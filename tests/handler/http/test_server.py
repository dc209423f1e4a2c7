"""A server process answers other requests during a long one."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import time

import httpx2

from handler.limits import MAX_BODY
from tests.local_server import Server


def request(texts: int) -> bytes:
    """A request to embed texts of 250 words, each of which takes some milliseconds."""
    body = json.dumps({"input": [f"{number} " + "word " * 250 for number in range(texts)]}).encode()
    head = f"POST /v1/embeddings HTTP/1.1\r\nhost: localhost\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


def test_short_requests_do_not_wait_for_a_long_one(server: Server) -> None:
    answered = 0
    with (
        socket.create_connection(("127.0.0.1", server.port), timeout=60) as long,
        httpx2.Client(base_url=server.base_url, timeout=60) as client,
    ):
        long.sendall(request(150))
        while not select.select([long], [], [], 0)[0]:
            assert client.post("/embeddings", json={"input": "hi"}).status_code == 200
            assert client.get("/").status_code == 200
            answered += 1
        assert long.recv(12) == b"HTTP/1.1 200"
    assert answered > 5  # one or two, if they waited


def test_requests_that_were_abandoned_cost_the_next_one_nothing(server: Server) -> None:
    """Many times the work of the next one, whose clients have hung up."""
    long = {"input": ["word " * count for count in range(100)]}  # behind them, in their pool

    def seconds() -> float:
        began = time.monotonic()
        done = httpx2.post(f"{server.base_url}/embeddings", json=long, timeout=300)
        assert done.status_code == 200
        return time.monotonic() - began

    alone = seconds()
    abandoned = request(400)
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.sendall(abandoned)
    assert seconds() < 10 * alone + 5


def test_an_endless_body_is_refused_before_its_end(server: Server) -> None:
    """The server stops reading a body that is over the limit."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(
            b"POST /v1/embeddings HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n"
        )
        part = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
        with contextlib.suppress(ConnectionError):  # the server may have hung up already
            for _ in range(MAX_BODY // 0x10000 + 2):
                connection.sendall(part)
        assert connection.recv(1000).startswith(b"HTTP/1.1 413")
