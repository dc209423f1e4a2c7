"""A bucket over HTTP: objects by key, and refusals by the key's name. Knows HEAD and GET only."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

REFUSED = re.compile(r"refused-(\d{3})-(\w*(?:\.\w+)?)")  # refused-403-AccessDenied.txt


@dataclass
class FakeS3:
    """The objects of all buckets, by key."""

    objects: dict[str, bytes] = field(default_factory=dict)
    address: str = ""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    objects: dict[str, bytes]

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def _answer(self, *, with_body: bool) -> None:
        key = unquote(urlsplit(self.path).path).lstrip("/").partition("/")[2]
        if refused := REFUSED.search(key):
            self._error(int(refused[1]), refused[2] or "Unknown", with_body=with_body)
        elif key not in self.objects:
            self._error(404, "NoSuchKey", with_body=with_body)
        else:
            content = self.objects[key]
            self.send_response(200)
            self.send_header("etag", f'"{hashlib.md5(content).hexdigest()}"')
            self.send_header("last-modified", formatdate(1_700_000_000, usegmt=True))
            self._end(content, with_body=with_body)

    def _error(self, status: int, code: str, *, with_body: bool) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/xml")
        self._end(f"<Error><Code>{code}</Code></Error>".encode(), with_body=with_body)

    def _end(self, content: bytes, *, with_body: bool) -> None:
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        if with_body:
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Write no log."""


@contextmanager
def serve_fake_s3() -> Iterator[FakeS3]:
    """Serve a bucket on a free port."""
    bucket = FakeS3()
    handler = type("Handler", (_Handler,), {"objects": bucket.objects})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        bucket.address = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield bucket
        finally:
            server.shutdown()
            thread.join()
