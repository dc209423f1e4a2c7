"""Requests as the bytes that clients send: whole and well formed, or broken."""

from __future__ import annotations

import random
from dataclasses import dataclass

from tests.fuzz.http_requests import Request, http_request
from tests.fuzz.targets import Route

GREETINGS = (
    *(
        b"",
        b"\r\n\r\n",
        b"\n",
        b"\x00",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
    ),
    *(b"SSH-2.0-x\r\n", b"GET /\r\n", b"GET / HTTP/1.1", b"EHLO x\r\n", b"\x05\x01\x00", b"{}\r\n"),
    *(
        b"GET  /  HTTP/1.1\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"get / http/1.1\r\n\r\n",
        b"\xff" * 99,
    ),
    *(
        b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 3_000 + b"\r\n",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1",
    ),
    b"CONNECT localhost:1 HTTP/1.1\r\nhost: x\r\n\r\n",
)
FRAMES = (
    *(b"content-length: -1", b"content-length: +5", b"content-length: 0x10", b"content-length: "),
    *(b"content-length: 5, 6", b"content-length: 1e3", b"content-length: " + b"9" * 40),
    *(
        b"content-length: 5\r\ncontent-length: 6",
        b"content-length: 5\r\ntransfer-encoding: chunked",
    ),
    *(b"transfer-encoding: gzip", b"transfer-encoding: chunked, chunked", b"transfer-encoding: x"),
    *(b"transfer-encoding: chunked\r\ncontent-length: 3", b"transfer-encoding : chunked"),
)
LINES = (
    *(b"no colon", b": no name", b"a b: c", b"\x00: x", b"x: \x00", b" folded: x", b"x: y\rz: 1"),
    *(b"host: a\r\nhost: b", b"\xe9: x", b"x: " + b"a" * 66_000, b"(x): y"),
)
CHUNKS = (b"zz\r\nabc\r\n", b"-1\r\n", b"f" * 40 + b"\r\n", b"5\r\nab", b"\n", b"3;a\r\nab\r\n")


@dataclass
class Message:
    """What a client sends on one connection."""

    content: bytes
    requests: list[Request]  # that must be answered, in order; none if what is sent is broken
    hangs_up: bool  # after it, without waiting for an answer


def message(rng: random.Random, routes: list[Route]) -> Message:
    """The bytes of a connection, drawn at random."""
    kind = rng.random()
    request = http_request(rng, routes)
    if request.hangs_up:
        return Message(written(request, rng)[:-1], [], hangs_up=True)
    if kind < 0.7:
        return Message(written(request, rng), [request], hangs_up=False)
    if kind < 0.8:  # pipelined
        requests = [request, *(http_request(rng, routes) for _ in range(rng.randint(1, 3)))]
        for one in requests:
            one.hangs_up = False
        content = b"".join(written(one, rng, close=one is requests[-1]) for one in requests)
        return Message(content, requests, hangs_up=False)
    return Message(_broken(request, rng), [], hangs_up=rng.random() < 0.2)


def written(request: Request, rng: random.Random, *, close: bool = True) -> bytes:
    """A well formed request, with a length or in chunks."""
    lines = [f"{request.method} {request.target or '/'} HTTP/1.1".encode("ascii")]
    lines += [name + b": " + value.strip() for name, value in _plain(request)]
    body = request.body
    if close:
        lines.append(b"connection: close")
    if body and rng.random() < 0.2:
        lines.append(b"transfer-encoding: chunked")
        body = _chunks(body, rng)
    elif body or rng.random() < 0.3:
        lines.append(b"content-length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def _plain(request: Request) -> list[tuple[bytes, bytes]]:
    """The headers without what HTTP/1.1 forbids or what would change how the server reads on."""
    left_out = {b"expect", b"upgrade"}
    headers = [header for header in request.headers if header[0] not in left_out]
    hosts = [header for header in headers if header[0] == b"host"]
    headers = [header for header in headers if header[0] != b"host"]
    request.headers = [hosts[0] if hosts else (b"host", b"localhost"), *headers]
    return [
        (name, value.translate(None, b"\x00\x01\x1b\x7f\r\n")) for name, value in request.headers
    ]


def _chunks(body: bytes, rng: random.Random) -> bytes:
    parts, at = [], 0
    while at < len(body):
        size = rng.choice((1, 7, 100, 5_000)) if len(body) < 2_000 else 5_000
        part = body[at : at + size]
        extension = b";a=b" if rng.random() < 0.1 else b""
        parts.append(b"%x%s\r\n%s\r\n" % (len(part), extension, part))
        at += size
    return b"".join(parts) + b"0\r\n" + (b"x: y\r\n" if rng.random() < 0.1 else b"") + b"\r\n"


def _broken(request: Request, rng: random.Random) -> bytes:
    head, _, body = written(request, rng).partition(b"\r\n\r\n")
    match rng.randrange(9):
        case 0:
            return rng.choice(GREETINGS)
        case 1:
            lines = [line for line in head.split(b"\r\n") if not line.startswith(b"content-len")]
            return b"\r\n".join([*lines, rng.choice(FRAMES)]) + b"\r\n\r\n" + body
        case 2:
            return head + b"\r\n" + rng.choice(LINES) + b"\r\n\r\n" + body
        case 3:
            return (head + b"\r\n\r\n" + body)[: rng.randint(1, len(head) + len(body) + 3)]
        case 4:
            return head.replace(b"\r\n", b"\n") + b"\n\n" + body
        case 5:
            return head + b"\r\ntransfer-encoding: chunked\r\n\r\n" + rng.choice(CHUNKS)
        case 6:
            return rng.randbytes(rng.choice((1, 20, 3_000)))
        case 7:
            flipped = bytearray(head + b"\r\n\r\n" + body)
            for _ in range(3):
                flipped[rng.randrange(len(head))] ^= 1 << rng.randrange(8)
            return bytes(flipped)
        case _:
            version = rng.choice((b"HTTP/1.0", b"HTTP/2.0", b"", b"HTTP"))
            return head.replace(b"HTTP/1.1", version) + b"\r\n\r\n" + body
