"""Sockets that listen, on both of a machine's loopback addresses if the host is `localhost`.

`localhost` is ::1 for some programs (Node, browsers) and 127.0.0.1 for others.
"""

from __future__ import annotations

import errno
import ipaddress
import socket

LOCALHOST = "localhost"
# Connections that wait to be accepted: as many as are accepted in half a second or so, because a
# new one waits behind them.
BACKLOG = 512
# What the system says where a family of addresses is missing or switched off.
MISSING = {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, errno.EPROTONOSUPPORT}
TRIES = 20  # to find a port that is free on both


class CannotListen(Exception):
    """The message says where, and why not."""


def listen(host: str, port: int) -> list[socket.socket]:
    """Sockets that listen there; port 0 is any free one. Raises CannotListen."""
    if host.lower() != LOCALHOST:
        return [_listen(host, port)]
    for _ in range(TRIES):
        sockets = _listen_on_both(port)
        if sockets:
            return sockets
    raise CannotListen(f"No port is free on both 127.0.0.1 and ::1, after {TRIES} tries.")


def is_loopback_only(sockets: list[socket.socket]) -> bool:
    """Whether no other machine can connect."""
    return all(ipaddress.ip_address(one.getsockname()[0]).is_loopback for one in sockets)


def _listen_on_both(port: int) -> list[socket.socket]:
    """The sockets; none if a port was chosen that is taken on the other address."""
    sockets: list[socket.socket] = []
    for host in ("127.0.0.1", "::1"):
        chosen = sockets[0].getsockname()[1] if sockets else port
        try:
            sockets.append(_listen(host, chosen))
        except CannotListen as error:
            cause = error.__cause__
            assert isinstance(cause, OSError)
            if cause.errno in MISSING and (sockets or host == "127.0.0.1"):
                continue
            for one in sockets:
                one.close()
            if port == 0 and cause.errno == errno.EADDRINUSE:
                return []
            raise
    return sockets


def _listen(host: str, port: int) -> socket.socket:
    if host.startswith("["):  # as in a URL
        raise CannotListen(
            f"Cannot listen on {host}:{port}: an IPv6 address is written without brackets."
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        address = f"[{host}]" if ":" in host else host
        reason = (error.strerror or str(error)).partition(" (while")[0].lower()
        raise CannotListen(f"Cannot listen on {address}:{port}: {reason}.") from error
    # asyncio sets this only on sockets that it makes. Without it, each answer on a kept connection
    # is 40 ms late: the second packet waits until the client has confirmed the first.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
