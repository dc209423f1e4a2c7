"""A server process answers other requests during a long one."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import httpx2

from handler.limits import MAX_BODY
from tests.local_server import Server


def test_a_short_request_does_not_wait_for_a_long_one(server: Server) -> None:
    long = {"input": [f"{number} " + "word " * 250 for number in range(150)]}
    with ThreadPoolExecutor(2) as pool:
        running = pool.submit(httpx2.post, f"{server.base_url}/embeddings", json=long, timeout=60)
        time.sleep(0.3)  # until it is being encoded, which takes seconds
        with httpx2.Client(base_url=server.base_url, timeout=60) as client:
            assert client.post("/embeddings", json={"input": "hi"}).status_code == 200
            assert client.get("/").status_code == 200
        assert not running.done()
        assert running.result().status_code == 200


def test_requests_that_were_abandoned_cost_the_next_one_nothing(server: Server) -> None:
    """Sixty seconds of work, whose clients have hung up."""
    body = json.dumps({"input": [f"{number} " + "word " * 250 for number in range(400)]}).encode()
    head = f"POST /v1/embeddings HTTP/1.1\r\nhost: localhost\r\ncontent-length: {len(body)}\r\n\r\n"
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.sendall(head.encode() + body)
    started = time.monotonic()
    long = {"input": ["word " * count for count in range(100)]}  # behind them, in their lane
    assert httpx2.post(f"{server.base_url}/embeddings", json=long, timeout=60).status_code == 200
    assert time.monotonic() - started < 15


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
