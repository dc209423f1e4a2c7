"""A Lambda Runtime API on loopback, for one container.

The protocol (docs.aws.amazon.com/lambda/latest/dg/runtimes-api) as far as a healthy function needs
it: GET …/invocation/next and POST …/{id}/response. Errors of the init are in the container's log.
"""

from __future__ import annotations

import contextlib
import http.server
import json
import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Handler(http.server.BaseHTTPRequestHandler):
    server: RuntimeApi
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # it would hold each event's body back for 40 ms

    def handle(self) -> None:
        # A container that is removed while it waits takes its connection with it.
        with contextlib.suppress(ConnectionResetError):
            super().handle()

    def do_GET(self) -> None:
        self.server.asked.put(time.time())
        body = json.dumps(self.server.events.get()).encode()
        self.send_response(200)
        self.send_header("Lambda-Runtime-Aws-Request-Id", "8476a536-e9f4-11e8-9739")
        self.send_header("Lambda-Runtime-Deadline-Ms", str(int(time.time() * 1000) + 29_000))
        arn = "arn:aws:lambda:us-east-1:123456789012:function:embeddings"
        self.send_header("Lambda-Runtime-Invoked-Function-Arn", arn)
        self.server.sent = time.perf_counter()
        self._send(body)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        seconds = time.perf_counter() - self.server.sent
        self.server.answers.put((self.path, json.loads(body), seconds))
        self.send_response(202)
        self._send(b'{"status": "OK"}')

    def _send(self, body: bytes) -> None:
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


class RuntimeApi(http.server.ThreadingHTTPServer):
    """Gives a runtime one event at a time."""

    daemon_threads = True
    block_on_close = False  # a handler may wait for an event that never comes

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: queue.Queue[float] = queue.Queue()  # time.time() of each question for work
        self.events: queue.Queue[Any] = queue.Queue()
        self.answers: queue.Queue[tuple[str, Any, float]] = queue.Queue()  # path, body, seconds
        self.sent = 0.0  # time.perf_counter() of the last event
        self.address = f"127.0.0.1:{self.server_port}"

    def invoke(self, event: Any) -> float:
        """The milliseconds from the event to the whole answer, which must be a success."""
        self.events.put(event)
        path, body, seconds = self.answers.get(timeout=60)
        assert path.endswith("/response") and body["statusCode"] == 200, body
        return seconds * 1000


@contextmanager
def runtime_api() -> Iterator[RuntimeApi]:
    with RuntimeApi() as api:
        threading.Thread(target=api.serve_forever, daemon=True).start()
        try:
            yield api
        finally:
            api.shutdown()
