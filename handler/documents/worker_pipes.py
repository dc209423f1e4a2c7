"""The parent's ends of a worker's three pipes: requests, answers and log. Trusts nothing it reads.

A document may have taken over the worker. So nothing here waits longer than it is told to, or holds
more than the limits, whatever the worker sends or stops doing.
"""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import orjson

from handler.documents.pipe_protocol import LENGTHS
from handler.limits import READING_FIELDS, READING_LOG, READING_TEXT, READING_VALUES

LOOK_SECONDS = 0.05  # between two looks at the worker, while it works
PIECE = 262_144  # bytes read at a time

Message = tuple[dict[str, Any], bytes]


class WorkerPipes:
    """Three open pipes, as file descriptors that this object owns. For one thread at a time."""

    def __init__(self, requests: int, answers: int, log: int) -> None:
        self._requests, self._answers, self._log = requests, answers, log
        for each in (requests, answers, log):
            os.set_blocking(each, False)
        self._said = bytearray()

    def exchange(
        self, outgoing: Sequence[bytes], *, until: float, look: Callable[[], None]
    ) -> Message:
        """Send `outgoing` and receive one message.

        until: as `time.monotonic` counts. look: called every LOOK_SECONDS. Raises TimeoutError;
        EOFError if the worker closed a pipe; ValueError if what it sent is no message.
        """
        unsent = [memoryview(part) for part in outgoing if part]
        incoming = _Incoming()
        poll = select.poll()
        poll.register(self._answers, select.POLLIN)
        poll.register(self._log, select.POLLIN)
        if unsent:
            poll.register(self._requests, select.POLLOUT)
        while not incoming.is_whole:
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError
            for pipe, _ in poll.poll(max(1, int(min(left, LOOK_SECONDS) * 1000))):
                if pipe == self._requests:
                    self._send(unsent)
                    if not unsent:
                        poll.unregister(pipe)
                elif pipe == self._answers:
                    incoming.add(os.read(pipe, PIECE))
                elif not self._listen():
                    poll.unregister(pipe)
            look()
        if unsent:
            raise ValueError("an answer came before the question was read")
        return incoming.message()

    def log(self) -> str:
        """What the worker wrote to standard error since the last call: printable text, bounded."""
        with suppress(OSError):
            while len(self._said) < READING_LOG and self._listen():
                pass
        said, self._said = self._said.decode("utf-8", "replace"), bytearray()
        # A terminal would obey other characters.
        return "".join(each if each.isprintable() or each == "\n" else "?" for each in said)

    def close(self) -> None:
        """Close the pipes. Does no harm twice."""
        for pipe in (self._requests, self._answers, self._log):
            if pipe >= 0:
                os.close(pipe)
        self._requests = self._answers = self._log = -1

    def _send(self, unsent: list[memoryview]) -> None:
        with suppress(BlockingIOError):
            try:
                sent = os.write(self._requests, unsent[0][:PIECE])
            except BrokenPipeError:
                raise EOFError from None
            unsent[0] = unsent[0][sent:]
            if not unsent[0]:
                del unsent[0]

    def _listen(self) -> bool:
        """Read a piece of the log, and keep the first READING_LOG bytes. False at its end."""
        try:
            piece = os.read(self._log, PIECE)
        except BlockingIOError:
            return False
        self._said += piece[: READING_LOG - len(self._said)]
        return bool(piece)


class _Incoming:
    """A message that arrives in pieces."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._lengths: tuple[int, int] | None = None  # of the fields and of the content

    @property
    def is_whole(self) -> bool:
        return self._lengths is not None and len(self._bytes) >= sum(self._lengths)

    def add(self, piece: bytes) -> None:
        if not piece:
            raise EOFError
        self._bytes += piece
        if self._lengths is None and len(self._bytes) >= LENGTHS.size:
            self._lengths = LENGTHS.unpack_from(self._bytes)
            del self._bytes[: LENGTHS.size]
            fields, content = self._lengths
            if fields > READING_FIELDS or content > READING_TEXT:
                raise ValueError("the answer is too long")
        if self._lengths and len(self._bytes) > sum(self._lengths):
            raise ValueError("more than one answer came")

    def message(self) -> Message:
        assert self._lengths
        header, content = self._bytes[: self._lengths[0]], bytes(self._bytes[self._lengths[0] :])
        # Each of them may begin a value, which takes far more memory than its byte.
        if sum(map(header.count, (b",", b"[", b"{"))) > READING_VALUES:
            raise ValueError("the answer has too many values")
        fields = orjson.loads(header)
        if not isinstance(fields, dict):
            raise ValueError("the answer is not an object")  # noqa: TRY004
        return fields, content
