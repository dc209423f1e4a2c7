"""A server that gives scripted answers, in order: it throttles, hangs, breaks off."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Answer:
    """What the server does with a request."""

    status: int = 200
    body: bytes = b"{}"
    headers: tuple[tuple[str, str], ...] = ()
    length: int | None = None  # in the header, if not the body's
    hangs: bool = False  # the client waits until the server stops
    closes: bool = False  # the server closes the connection without an answer


def refusal(
    code: str, status: int = 400, *, message: str = "secret data", **headers: str
) -> Answer:
    """An error in AWS' JSON protocols; `retry_after` becomes the header Retry-After."""
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    body = json.dumps({"__type": code, "message": message}).encode()
    return Answer(status, body, (("x-amzn-errortype", code), *named))


@dataclass
class Script:
    """The answers still to give; the last one repeats."""

    answers: list[Answer]
    asked: int = 0  # requests so far
    stopped: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self) -> Answer:
        with self.lock:
            answer = self.answers[min(self.asked, len(self.answers) - 1)]
            self.asked += 1
            return answer


@contextmanager
def serving(answers: Iterable[Answer]) -> Iterator[tuple[str, Script]]:
    """The server's address, and its script."""
    script = Script(list(answers))

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            answer = script.next()
            self.close_connection = True
            if answer.hangs:
                script.stopped.wait()
            if answer.hangs or answer.closes:
                return
            self.send_response(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            length = len(answer.body) if answer.length is None else answer.length
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST = do_PUT = handle_any

        def log_message(self, format: str, *args: object) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", script
    finally:
        script.stopped.set()
        server.shutdown()
        thread.join()
        server.server_close()
