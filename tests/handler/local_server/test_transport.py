"""What is written reaches the client in as few calls as it can, and nothing of it is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from handler.local_server.bounds import Bounds
from handler.local_server.transport import Transport


class Recorder(asyncio.Transport):
    """Takes all that is written at once."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self._is_closing = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert not self._is_closing
        self.written.append(bytes(data))

    def write_eof(self) -> None: ...

    def resume_reading(self) -> None: ...

    def close(self) -> None:
        self._is_closing = True

    def is_closing(self) -> bool:
        return self._is_closing

    def get_write_buffer_size(self) -> int:
        return 0


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def transport(recorder: Recorder) -> Transport:
    return Transport(recorder, bounds=Bounds(), now=0.0, may_send_more=lambda: False)


def test_a_head_and_its_body_are_sent_in_one_call(transport: Transport, recorder: Recorder) -> None:
    transport.join_next()
    for data in (b"head ", b"body", b"", b" more"):
        transport.write(data)
    assert recorder.written == [b"head body", b" more"]


@pytest.mark.parametrize("end", [Transport.close, Transport.close_now, Transport.linger])
def test_a_head_without_a_body_is_sent_before_the_end(
    transport: Transport, recorder: Recorder, end: Callable[[Transport], None]
) -> None:
    transport.join_next()
    transport.write(b"head")
    end(transport)
    assert recorder.written == [b"head"]
