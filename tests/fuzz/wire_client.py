"""Sends bytes to a server, and reads what it answers until it has answered all or hangs up."""

from __future__ import annotations

import socket
import time

from tests.fuzz.answers import Answer
from tests.fuzz.wire_bytes import Message

NO_BODY = (204, 304)


class HungUp(AssertionError):
    """The server hung up before the end of an answer."""


def exchange(port: int, message: Message, *, seconds: float) -> list[Answer]:
    """Send the message, and read its answers: as many as it has requests, until the server
    announces the connection's end; or all that come, if what is sent is broken.

    Raises TimeoutError if they take longer, and HungUp if a whole request is not answered.
    """
    until = time.monotonic() + seconds
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        reader = _Reader(connection, until)
        try:
            connection.sendall(message.content)
            if message.hangs_up:
                return []
            if not message.requests:
                connection.shutdown(socket.SHUT_WR)  # or the server waits for the rest
                return reader.all_answers("HEAD" if message.content[:4] == b"HEAD" else "GET")
        except ConnectionError as error:
            if message.requests:
                raise HungUp(f"while it was sent to: {error!r}") from error
            return []
        answers = []
        for request in message.requests:
            answers.append(reader.answer(request.method))
            if answers[-1].headers.get("connection") == "close":
                break  # RFC 9112, section 9.6: what was sent after it is not answered
        return answers


class _Reader:
    """Reads answers from a connection."""

    def __init__(self, connection: socket.socket, until: float) -> None:
        self._connection, self._until, self._read = connection, until, b""

    def all_answers(self, method: str) -> list[Answer]:
        answers = []
        try:
            while self._more() or self._read:
                answers.append(self.answer(method))
        except (ConnectionError, HungUp):
            pass  # what was sent was broken, and so may be the end of an answer
        return answers

    def answer(self, method: str) -> Answer:
        while b"\r\n\r\n" not in self._read:
            if not self._more():
                raise HungUp(f"after {self._read[:200]!r}")
        head, _, self._read = self._read.partition(b"\r\n\r\n")
        line, *rest = head.split(b"\r\n")
        version, status, _ = line.split(b" ", 2)
        assert version == b"HTTP/1.1", line
        if status == b"100":
            return self.answer(method)
        headers = {}
        for each in rest:
            name, _, value = each.decode("latin-1").partition(": ")
            headers[name.lower()] = value
        return Answer(int(status), headers, self._content(method, int(status), headers))

    def _content(self, method: str, status: int, headers: dict[str, str]) -> bytes:
        if method == "HEAD" or status in NO_BODY:
            return b""
        if "content-length" not in headers:  # until the end of the connection
            assert headers.get("connection") == "close", headers
            while self._more():
                pass
            size = len(self._read)
        else:
            size = int(headers["content-length"])
        while len(self._read) < size:
            if not self._more():
                raise HungUp(f"after {len(self._read)} of {size} bytes of an answer of {status}")
        content, self._read = self._read[:size], self._read[size:]
        return content

    def _more(self) -> bool:
        self._connection.settimeout(max(0.01, self._until - time.monotonic()))
        part = self._connection.recv(65_536)
        self._read += part
        return bool(part)
