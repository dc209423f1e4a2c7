"""A load of HTTP requests, and how they are answered.

It runs on the CPUs of the server it loads, so it does little: the requests are made beforehand, a
client is a coroutine on a bare connection, and an answer is not parsed. It takes some 0.1 ms of a
CPU a request, whoever answers.
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
    """One, as it goes over the wire."""

    wire: bytes
    tokens: int  # that the texts have


@dataclass
class Answers:
    """To one load."""

    milliseconds: list[float] = field(default_factory=list)  # of each request that was answered
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
    """For the texts' vectors, in base64, as OpenAI's clients ask for them."""
    body = json.dumps({"model": "all-MiniLM-L6-v2", "input": texts, "encoding_format": "base64"})
    head = (
        f"POST {PATH} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    return Request((head + body).encode("ascii"), tokens)


def put_load(port: int, requests: Sequence[Request], *, clients: int, seconds: float) -> Answers:
    """So many clients, each of which sends its next request when its last one is answered."""
    return asyncio.run(_put_load(port, requests, clients, seconds))


async def _put_load(
    port: int, requests: Sequence[Request], clients: int, seconds: float
) -> Answers:
    answers = Answers()
    started = time.perf_counter()
    turns = itertools.cycle(requests)
    ends = started + seconds
    await asyncio.gather(*(_client(port, turns, ends, answers) for _ in range(clients)))
    answers.seconds = time.perf_counter() - started
    return answers


async def _client(port: int, turns: Iterator[Request], ends: float, answers: Answers) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while (started := time.perf_counter()) < ends:
        one = next(turns)
        writer.write(one.wire)
        try:
            status, _ = await read_answer(reader)
        except (asyncio.IncompleteReadError, ConnectionError):
            answers.errors += 1
            await close(writer)
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            continue
        if status == 200:
            answers.milliseconds.append((time.perf_counter() - started) * 1_000)
            answers.tokens += one.tokens
        else:
            answers.errors += 1
    await close(writer)


async def close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(ConnectionError):  # the server has closed it, too
        await writer.wait_closed()


async def read_answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """The status and the body of an HTTP answer that says its length."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
    return int(head.split(b" ", 2)[1]), await reader.readexactly(length)
