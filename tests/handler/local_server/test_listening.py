"""`localhost` is both loopback addresses; other hosts are what they were."""

from __future__ import annotations

import contextlib
import errno
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from handler.local_server import listening
from handler.local_server.listening import CannotListen, is_loopback_only, listen


@contextlib.contextmanager
def listening_on(host: str, port: int = 0) -> Iterator[list[socket.socket]]:
    sockets = listen(host, port)
    try:
        yield sockets
    finally:
        for one in sockets:
            one.close()


def test_localhost_is_both_addresses_with_one_port() -> None:
    with listening_on("localhost") as sockets:
        names = [one.getsockname()[:2] for one in sockets]
        port = names[0][1]
        assert names == [("127.0.0.1", port), ("::1", port)]
        for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            with socket.socket(family) as client:
                client.connect((host, port))
        assert is_loopback_only(sockets)


@pytest.mark.parametrize("taken", ["127.0.0.1", "::1"])
def test_the_address_that_is_taken_is_named(taken: str) -> None:
    with listening_on(taken) as [other]:
        port = other.getsockname()[1]
        shown = f"[{taken}]" if ":" in taken else taken
        with pytest.raises(CannotListen) as caught:
            listen("localhost", port)
    assert str(caught.value) == f"Cannot listen on {shown}:{port}: address already in use."


def test_an_address_in_brackets_is_named_as_it_is() -> None:
    with pytest.raises(CannotListen) as caught:
        listen("[::1]", 0)
    said = "Cannot listen on [::1]:0: an IPv6 address is written without brackets."
    assert str(caught.value) == said


def test_a_free_port_is_free_on_both(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, int]] = []
    create = socket.create_server

    def create_server(address: tuple[str, int], **options: Any) -> socket.socket:
        asked.append(address)
        if len(asked) == 2:  # the first port is taken on ::1
            raise OSError(errno.EADDRINUSE, "Address already in use")
        return create(address, **options)

    monkeypatch.setattr(socket, "create_server", create_server)
    with listening_on("localhost") as sockets:
        assert [host for host, _ in asked] == ["127.0.0.1", "::1"] * 2
        assert len(sockets) == 2


@pytest.mark.parametrize("missing", ["127.0.0.1", "::1"])
@pytest.mark.parametrize("code", sorted(listening.MISSING))
def test_a_machine_may_lack_one_family(
    monkeypatch: pytest.MonkeyPatch, missing: str, code: int
) -> None:
    create = socket.create_server

    def create_server(address: tuple[str, int], **options: Any) -> socket.socket:
        if address[0] == missing:
            raise OSError(code, "not here")
        return create(address, **options)

    monkeypatch.setattr(socket, "create_server", create_server)
    with listening_on("localhost") as sockets:
        (one,) = sockets
        assert one.getsockname()[0] != missing


@pytest.mark.parametrize(
    ("host", "is_local"),
    [("127.0.0.1", True), ("127.0.0.2", True), ("::1", True), ("0.0.0.0", False), ("::", False)],
)
def test_any_other_host_is_one_address(host: str, is_local: bool) -> None:
    with listening_on(host) as sockets:
        (one,) = sockets
        assert one.getsockname()[0] == host
        assert is_loopback_only(sockets) is is_local


def test_a_kept_connection_does_not_wait_for_confirmations() -> None:
    with listening_on("127.0.0.1") as [listener]:
        with socket.create_connection(listener.getsockname()):
            connection, _ = listener.accept()
            with connection:
                assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
