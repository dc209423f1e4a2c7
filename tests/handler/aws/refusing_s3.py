"""An S3 over real connections that refuses what moto gives, or gives it byte by byte."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from urllib.parse import parse_qs, unquote, urlsplit

TRICKLE_SECONDS = 0.02  # between two bytes


@dataclass(frozen=True)
class Refusal:
    """An answer instead of the object. A HEAD gets its status only."""

    status: int
    code: str
    message: str = "secret words"
    to_head: int | None = None  # its status, if it is another; 200: only the GET is refused

    def body(self) -> bytes:
        return f"<Error><Code>{self.code}</Code><Message>{self.message}</Message></Error>".encode()


@dataclass
class RefusingS3:
    """The objects of one bucket by key, and what is refused. Counts the requests for each key."""

    address: str = ""
    contents: dict[str, bytes] = field(default_factory=dict)
    refused: dict[str, Refusal] = field(default_factory=dict)
    trickling: set[str] = field(default_factory=set)  # keys whose bytes come one by one
    listing: Refusal | None = None
    asked: list[tuple[str, str]] = field(default_factory=list)  # method and key
    stopped: threading.Event = field(default_factory=threading.Event)

    def write(self, key: str, body: bytes, file: BufferedIOBase) -> None:
        """Write the body, whole or byte by byte until the client has gone or the server stops."""
        size = 1 if key in self.trickling else len(body)
        with suppress(ConnectionError):
            for place in range(0, len(body), size or 1):
                file.write(body[place : place + size])
                if place + size < len(body) and self.stopped.wait(TRICKLE_SECONDS):
                    return


@contextmanager
def serving_refusals() -> Iterator[RefusingS3]:
    """The server, until the end of the block."""
    s3 = RefusingS3()

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            url = urlsplit(self.path)
            self._key = key = unquote(url.path).removeprefix("/").partition("/")[2]
            s3.asked.append((self.command, key))
            if not key:
                self._list(parse_qs(url.query).get("prefix", [""])[0])
            elif (refusal := s3.refused.get(key)) and self._status(refusal) != 200:
                self._answer(self._status(refusal), refusal.body())
            elif (content := s3.contents.get(key)) is not None:
                etag = f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'
                about = {"ETag": etag, "Last-Modified": "Fri, 02 Jan 2026 03:04:05 GMT"}
                self._answer(200, content, **about)
            else:
                self._answer(404, Refusal(404, "NoSuchKey").body())

        def _status(self, refusal: Refusal) -> int:
            is_head = self.command == "HEAD"
            return refusal.to_head if is_head and refusal.to_head else refusal.status

        def _list(self, prefix: str) -> None:
            if s3.listing:
                return self._answer(s3.listing.status, s3.listing.body())
            keys = sorted(key for key in s3.contents if key.startswith(prefix))
            items = "".join(f"<Contents><Key>{key}</Key></Contents>" for key in keys[:1])
            body = f"<ListBucketResult><IsTruncated>false</IsTruncated>{items}</ListBucketResult>"
            return self._answer(200, body.encode())

        def _answer(self, status: int, body: bytes, **headers: str) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                s3.write(self._key, body, self.wfile)

        do_GET = do_HEAD = handle_any

        def log_message(self, format: str, *args: object) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    s3.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield s3
    finally:
        s3.stopped.set()
        server.shutdown()
        thread.join()
        server.server_close()
