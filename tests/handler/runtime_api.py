"""A Lambda Runtime API on the loopback interface, and the real runtime client that calls it.

The protocol that `awslambdaric` speaks, as in docs.aws.amazon.com/lambda/latest/dg/runtimes-api:
GET /runtime/invocation/next, POST …/{id}/response, POST …/{id}/error, POST /runtime/init/error.
"""

from __future__ import annotations

import contextlib
import http.server
import json
import os
import queue
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PREFIX = "/2018-06-01/runtime"


@dataclass(frozen=True)
class Outcome:
    """How an invocation (or the init) ended."""

    kind: str  # "response" or "error"
    body: Any  # the JSON value that the runtime posted


class RuntimeApi:
    """Hands the runtime one event at a time."""

    def __init__(self) -> None:
        self._events: queue.Queue[Any] = queue.Queue()
        self._outcomes: queue.Queue[Outcome] = queue.Queue()
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.address = f"127.0.0.1:{self._server.server_port}"

    def invoke(self, event: Any, *, timeout: float = 60) -> Outcome:
        """Send an event, and wait for its outcome."""
        self._events.put(event)
        return self._outcomes.get(timeout=timeout)

    def init_outcome(self) -> Outcome:
        """The outcome of an init that fails."""
        return self._outcomes.get(timeout=60)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[http.server.BaseHTTPRequestHandler]:
        api = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # Nagle's algorithm delays each event's body by 40 ms

            def handle(self) -> None:
                # A runtime that is stopped while it waits breaks its connection.
                with contextlib.suppress(ConnectionResetError):
                    super().handle()

            def do_GET(self) -> None:
                assert self.path == f"{PREFIX}/invocation/next"
                body = json.dumps(api._events.get()).encode()
                self.send_response(200)
                self.send_header("Lambda-Runtime-Aws-Request-Id", "8476a536-e9f4-11e8-9739")
                deadline = int(time.time() * 1000) + 29_000
                self.send_header("Lambda-Runtime-Deadline-Ms", str(deadline))
                arn = "arn:aws:lambda:us-east-1:123456789012:function:embeddings"
                self.send_header("Lambda-Runtime-Invoked-Function-Arn", arn)
                self._send(body)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                api._outcomes.put(Outcome(self.path.rsplit("/", 1)[1], json.loads(body)))
                self.send_response(202)
                self._send(b'{"status": "OK"}')

            def _send(self, body: bytes) -> None:
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler


class LocalRuntime(RuntimeApi):
    """A Runtime API whose runtime client runs a handler in another process."""

    def __init__(self, handler: str, root: Path) -> None:
        super().__init__()
        environment = {
            **os.environ,
            "AWS_LAMBDA_RUNTIME_API": self.address,
            "AWS_LAMBDA_FUNCTION_NAME": "embeddings",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1769",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        }
        command = [sys.executable, "-m", "awslambdaric", handler]
        self._process = subprocess.Popen(command, cwd=root, env=environment)

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=10)
        super().close()
