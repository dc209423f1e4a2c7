"""A load of HTTP requests and its answers.

The load runs on the CPUs of the server, so it does little: requests are made beforehand, a client
is a coroutine on a bare connection, and answers are not parsed. A request takes some 0.1 ms of CPU.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

PATH = "/v1/embeddings"


@dataclass(frozen=True)
class Request:
    """A request as it goes over the wire."""

    wire: bytes
    tokens: int  # in its texts


@dataclass
class Answers:
    """The answers to one load."""

    milliseconds: list[float] = field(default_factory=list)  # of each answered request
    tokens: int = 0
    errors: int = 0
    seconds: float = 0.0  # until the last answer

    @property
    def requests_per_second(self) -> float:
        return len(self.milliseconds) / self.seconds

    @property
    def tokens_per_second(self) -> float:
        return self.tokens / self.seconds


def request(texts: Sequence[str], tokens: int) -> Request:
    """A request for base64 vectors, as OpenAI's clients send it."""
    body = json.dumps({"model": "all-MiniLM-L6-v2", "input": texts, "encoding_format": "base64"})
    head = (
        f"POST {PATH} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    return Request((head + body).encode("ascii"), tokens)


async def put_load(
    port: int, requests: Sequence[Request], *, clients: int, seconds: float
) -> Answers:
    """The load of `clients`, each sending its next request after its last answer."""
    answers = Answers()
    started = time.perf_counter()
    following = itertools.cycle(requests)
    ends = started + seconds
    await asyncio.gather(*(_client(port, following, ends, answers) for _ in range(clients)))
    answers.seconds = time.perf_counter() - started
    return answers


async def _client(port: int, following: Iterator[Request], ends: float, answers: Answers) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while (started := time.perf_counter()) < ends:
        one = next(following)
        writer.write(one.wire)
        try:
            status = await _read_status(reader)
        except (asyncio.IncompleteReadError, ConnectionError):
            answers.errors += 1
            await _close(writer)
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            continue
        if status == 200:
            answers.milliseconds.append((time.perf_counter() - started) * 1_000)
            answers.tokens += one.tokens
        else:
            answers.errors += 1
    await _close(writer)


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(ConnectionError):  # the server may have closed it too
        await writer.wait_closed()


async def _read_status(reader: asyncio.StreamReader) -> int:
    """The status of an answer that states its length; its body is read and dropped."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
    await reader.readexactly(length)
    return int(head.split(b" ", 2)[1])
