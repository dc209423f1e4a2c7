"""Signals: the first ends the server in time, whatever goes on; the second at once."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.handler.local_server.process import BOUNDS, PATIENT
from tests.handler.local_server.serving import connected, post, read_all, read_until
from tests.paths import ROOT

COMMAND = [sys.executable, "-m", "tests.handler.local_server.process"]
SLACK = 10.0  # seconds that a busy machine may take; what never ends takes sixty


@dataclass(frozen=True)
class Process:
    """A server process."""

    port: int
    popen: subprocess.Popen[str]

    def signal(self, number: signal.Signals = signal.SIGTERM) -> None:
        self.popen.send_signal(number)

    def wait_for(self, line: str) -> None:
        assert self.popen.stdout is not None
        assert self.popen.stdout.readline() == f"{line}\n"

    def end(self) -> str:
        """What it wrote to standard error until it ended."""
        return self.popen.communicate(timeout=20)[1]


@pytest.fixture
def process() -> Iterator[Process]:
    with started() as process:
        yield process


@contextlib.contextmanager
def started(*arguments: str) -> Iterator[Process]:
    with subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as popen:  # fmt: skip
        assert popen.stdout is not None
        try:
            yield Process(int(popen.stdout.readline()), popen)
        finally:
            popen.kill()


@pytest.mark.parametrize("numbers", [[signal.SIGTERM], [signal.SIGHUP, signal.SIGHUP]])
def test_running_requests_end_and_idle_connections_are_closed(
    process: Process, numbers: list[signal.Signals]
) -> None:
    """A terminal that closes may send SIGHUP twice."""
    with contextlib.ExitStack() as stack:
        idle, silent, incomplete, running = (
            stack.enter_context(connected(process.port)) for _ in range(4)
        )
        idle.sendall(post("/", length=0))
        read_until(idle, b"done")
        process.wait_for("/")
        incomplete.sendall(b"GET / HT")
        running.sendall(post("/short", length=0))
        process.wait_for("/short")
        began = time.monotonic()
        for number in numbers:
            process.signal(number)
            time.sleep(0.05)
        answer = read_all(running)
        assert answer.endswith(b"done")
        assert b"\r\nconnection: close\r\n" in answer
        assert read_all(idle) == read_all(silent) == read_all(incomplete) == b""
        written = process.end()
    assert time.monotonic() - began < BOUNDS.grace_seconds + SLACK
    assert process.popen.returncode == 0
    assert "Traceback" not in written


def test_the_process_lives_until_the_client_has_taken_its_answer() -> None:
    """A container's network ends with the process, and what is on its way is lost."""
    with started("patient") as process, connected(process.port) as client:
        client.sendall(post("/short", length=0))
        process.wait_for("/short")
        process.signal()
        assert read_all(client).endswith(b"done")
        time.sleep(0.3)
        assert process.popen.poll() is None
        client.close()
        closed = time.monotonic()
        process.end()
        assert time.monotonic() - closed < SLACK
        assert process.popen.returncode == 0


def test_what_takes_longer_is_cancelled_and_told(process: Process) -> None:
    """Beside a thread that nothing stops, and an answer that is not read."""
    with contextlib.ExitStack() as stack:
        long, computing = (stack.enter_context(connected(process.port)) for _ in range(2))
        unread = stack.enter_context(connected(process.port, receive_buffer=4096))
        for client, path in ((long, "/long"), (computing, "/compute"), (unread, "/large")):
            client.sendall(post(path, length=0))
            process.wait_for(path)
        began = time.monotonic()
        process.signal()
        for client in (long, computing):
            answer = read_all(client)
            assert answer.startswith(b"HTTP/1.1 503")
            assert b"shutting down" in answer
        written = process.end()
    assert time.monotonic() - began < BOUNDS.exit_seconds + SLACK
    assert process.popen.returncode == 0
    assert "Traceback" not in written


@pytest.mark.slow
def test_the_process_ends_in_time_though_its_loop_is_stuck(process: Process) -> None:
    with connected(process.port) as client:
        client.sendall(post("/block", length=0))
        process.wait_for("/block")
        began = time.monotonic()
        process.signal()
        process.end()
    assert time.monotonic() - began < BOUNDS.exit_seconds + SLACK
    assert process.popen.returncode == 1


def test_a_second_signal_ends_the_process_at_once() -> None:
    with started("patient") as process, connected(process.port) as client:
        client.sendall(post("/block", length=0))
        process.wait_for("/block")
        process.signal()
        time.sleep(0.1)  # two signals at once may come in either order
        began = time.monotonic()
        process.signal(signal.SIGINT)
        process.end()
    assert time.monotonic() - began < PATIENT.exit_seconds / 2
    assert process.popen.returncode == 128 + signal.SIGINT
