"""All connections together: one more makes room, or is refused, and memory has bounds."""

from __future__ import annotations

import contextlib
import resource
import socket
import time
from collections.abc import Iterator

import pytest

from handler.limits import KEPT_DESCRIPTORS, MAX_CONNECTIONS
from handler.local_server.bounds import Bounds
from handler.local_server.connection import Phase
from handler.local_server.connections import most_connections
from tests.handler.local_server.serving import (
    LARGE,
    Application,
    connected,
    is_reset,
    post,
    read_all,
    read_until,
    serving,
)

THREE = Bounds(connections=3, patience_seconds=0, check_seconds=0.02)
BUSY = Bounds(connections=3, patience_seconds=20, check_seconds=0.02)


@contextlib.contextmanager
def three(bounds: Bounds, sent: bytes, phase: Phase) -> Iterator[tuple[int, list[socket.socket]]]:
    """A server's port, and three connections that have sent something and are in the phase."""
    application = Application()
    with serving(bounds, application) as port, contextlib.ExitStack() as stack:
        clients = [stack.enter_context(connected(port)) for _ in range(3)]
        for client in clients:
            client.sendall(sent)
        state = application.server.server_state
        while [one.phase for one in state.connections] != [phase] * 3:
            time.sleep(0.005)
        yield port, clients


@pytest.mark.parametrize(
    ("sent", "phase", "last"),
    [
        (b"", Phase.NEW, b""),
        (post("/echo", length=2) + b"hi", Phase.IDLE, b"HTTP/1.1 200"),
        (b"GET / HT", Phase.HEADERS, b"HTTP/1.1 503"),
        (post("/wait", length=9) + b"part", Phase.BODY, b"HTTP/1.1 503"),
        (post("/refuse", length=9) + b"part", Phase.REST, b"HTTP/1.1 413"),
    ],
)
def test_the_connection_that_waited_longest_makes_room(
    sent: bytes, phase: Phase, last: bytes
) -> None:
    with three(THREE, sent, phase) as (port, clients), connected(port) as new:
        new.sendall(post("/echo", length=2) + b"hi")
        read_until(new, b"hi")
        assert read_all(clients[0]).startswith(last)


def test_a_connection_is_refused_while_all_are_answered() -> None:
    waiting = post("/wait", length=0)
    with three(THREE, waiting, Phase.ANSWER) as (port, _), connected(port) as new:
        new.sendall(post("/echo", length=0))
        answer = read_all(new)
    assert answer.startswith(b"HTTP/1.1 503")
    assert b"All 3 connections are in use" in answer
    assert b"\r\nretry-after: 1\r\n" in answer


def test_a_new_connection_is_given_time_for_its_request() -> None:
    with three(BUSY, b"", Phase.NEW) as (port, clients), connected(port) as new:
        assert read_all(new).startswith(b"HTTP/1.1 503")
        clients[0].sendall(post("/echo", length=2) + b"hi")
        read_until(clients[0], b"hi")


def test_a_flood_of_connections_leaves_the_server_well() -> None:
    few = Bounds(connections=10, patience_seconds=0, check_seconds=0.02)
    with serving(few) as port, contextlib.ExitStack() as stack:
        for _ in range(300):
            stack.enter_context(connected(port)).sendall(b"x")
        with connected(port) as new:
            new.sendall(post("/echo", length=2) + b"hi")
            read_until(new, b"hi")


def test_answers_that_nobody_reads_have_a_bound_of_memory() -> None:
    """The connection that has been idle for longest is reset first."""
    bounds = Bounds(unread=30_000_000, check_seconds=0.02)
    with serving(bounds) as port, connected(port) as first, connected(port) as second:
        for client in (first, second):
            client.sendall(post("/large", length=0))
            client.recv(1)
        assert is_reset(first)
        read = 1
        while read < len(LARGE):
            read += len(second.recv(1 << 20))


def test_bodies_that_stall_have_a_bound_of_memory() -> None:
    application = Application()
    bounds = Bounds(incomplete=100_000, slow_seconds=0.1, check_seconds=0.02)
    with (
        serving(bounds, application) as port,
        connected(port) as first,
        connected(port) as second,
    ):
        for client in (first, second):
            client.sendall(post("/wait", length=10**6) + b" " * 60_000)
        assert read_all(first).startswith(b"HTTP/1.1 503")
        assert application.saw_client_go.wait(20)
        second.setblocking(False)
        with pytest.raises(BlockingIOError):
            second.recv(1)


def test_a_slow_body_that_goes_to_disk_takes_no_memory() -> None:
    application = Application()
    bounds = Bounds(incomplete=100_000, slow_seconds=0.1, check_seconds=0.02)
    with (
        serving(bounds, application) as port,
        connected(port) as first,
        connected(port) as second,
    ):
        first.sendall(post("/wait-on-disk", length=10**6) + b" " * 500_000)
        second.sendall(post("/wait", length=10**6) + b" " * 60_000)
        first.settimeout(0.5)
        with pytest.raises(TimeoutError):
            first.recv(1)
        second.setblocking(False)
        with pytest.raises(BlockingIOError):
            second.recv(1)


@pytest.mark.parametrize(
    ("soft", "hard", "raised", "most"),
    [
        (256, 4096, 2 * MAX_CONNECTIONS + KEPT_DESCRIPTORS, MAX_CONNECTIONS),
        (256, resource.RLIM_INFINITY, 2 * MAX_CONNECTIONS + KEPT_DESCRIPTORS, MAX_CONNECTIONS),
        (256, 512, 512, (512 - KEPT_DESCRIPTORS) // 2),
        (4096, 4096, None, MAX_CONNECTIONS),
        (resource.RLIM_INFINITY, resource.RLIM_INFINITY, None, MAX_CONNECTIONS),
        (64, 64, 64, 1),
    ],
)
def test_there_are_fewer_connections_than_descriptors(
    monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, raised: int | None, most: int
) -> None:
    made: list[int] = []
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (soft, hard))
    monkeypatch.setattr(resource, "setrlimit", lambda kind, limits: made.append(limits[0]))
    assert most_connections() == most
    assert made == ([] if raised is None else [raised])
