"""All connections: how many there may be, what they may hold, and which one makes room.

Does not close a connection that is being answered.
"""

from __future__ import annotations

import asyncio
import resource
from collections import Counter
from collections.abc import Callable, Iterable

from uvicorn.server import ServerState

from handler.errors import ApiError
from handler.limits import KEPT_DESCRIPTORS, MAX_CONNECTIONS
from handler.local_server import refusals
from handler.local_server.bounds import Bounds
from handler.local_server.connection import Connection, Phase

# So many make room at a time: finding them takes a look at all.
CLOSED_AT_ONCE = 32
# Connections beyond the limit that wait for their refusal to be read.
REFUSED_AT_ONCE = 32
# Seconds for which nothing is looked for again after nothing was found.
PAUSE = 0.1


class Connections(ServerState):
    """The connections of a server, and its bounds. Used on the event loop only."""

    connections: set[Connection]  # type: ignore[assignment]

    def __init__(self, bounds: Bounds) -> None:
        super().__init__()
        self.bounds = bounds
        self._looked_in_vain = float("-inf")
        self.refused: Counter[str] = Counter()  # requests, by what the error is counted by
        self._leaving: set[Connection] = set()  # closed, and not lost yet
        self._emptied = asyncio.Event()

    def lost(self, one: Connection) -> None:
        """A connection has ended."""
        self.connections.discard(one)
        self._leaving.discard(one)
        if not self.connections:
            self._emptied.set()

    async def until_empty(self) -> None:
        """Wait for all connections to end."""
        if self.connections:
            self._emptied.clear()
            await self._emptied.wait()

    def has_room_for(self, new: Connection) -> bool:
        """Whether `new`, which is counted already, may stay. Closes others to make room."""
        excess = len(self.connections) - len(self._leaving) - self.bounds.connections
        if excess <= 0 or self._make_room(new.since):
            return True
        if excess > REFUSED_AT_ONCE:
            new.transport.abort()
        return False

    def _make_room(self, now: float) -> bool:
        if now - self._looked_in_vain < PAUSE:
            return False
        for is_closable, refusal in self._kinds():
            found = [
                one
                for one in self.connections
                if now - one.since > self.bounds.patience_seconds
                and is_closable(one)
                and one not in self._leaving
            ]
            if found:
                found.sort(key=lambda one: one.since)
                for one in found[:CLOSED_AT_ONCE]:
                    self._close(one, refusal)
                return True
        self._looked_in_vain = now
        return False

    def _kinds(self) -> Iterable[tuple[Callable[[Connection], bool], ApiError | None]]:
        """What may be closed, the least loss first, and what it is told."""
        yield (lambda one: one.transport.lingers), None
        yield (lambda one: one.phase in (Phase.IDLE, Phase.NEW)), None
        yield (lambda one: one.phase is Phase.REST), None
        yield (lambda one: one.phase is Phase.HEADERS), refusals.full(self.bounds)
        yield (lambda one: one.phase is Phase.BODY), refusals.full(self.bounds)

    def _close(self, one: Connection, refusal: ApiError | None) -> None:
        self._leaving.add(one)
        if refusal is not None:
            one.refuse(refusal)
        elif one.transport.unread:
            one.transport.abort()
        else:
            one.transport.close_now()

    def check(self, now: float) -> None:
        """Enforce the limits of each connection, and of all together. To be called every second."""
        for one in list(self.connections):
            one.check(now)
        self._bound_unread()
        self._bound_incomplete(now)

    def _bound_unread(self) -> None:
        """Close the connections that leave the most unread, while it is too much."""
        unread = {one: one.transport.unread for one in self.connections}
        excess = sum(unread.values()) - self.bounds.unread
        for one in sorted(unread, key=lambda one: one.since):
            if excess <= 0:
                return
            one.transport.abort()
            excess -= unread[one]

    def _bound_incomplete(self, now: float) -> None:
        """Refuse the slowest requests while their bodies, which are incomplete, are too much."""
        slow = [
            one
            for one in self.connections
            if one.phase is Phase.BODY and now - one.since > self.bounds.slow_seconds
        ]
        slow.sort(key=lambda one: one.since)
        excess = sum(one.held for one in slow) - self.bounds.incomplete
        for one in slow:
            if excess <= 0:
                return
            if held := one.held:
                one.refuse(refusals.too_much_incomplete())
                excess -= held


def most_connections() -> int:
    """How many connections the descriptors allow. Raises the process's soft limit where it can.

    Each may have a file open, too: one that it reads, or one that its form is written to.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * MAX_CONNECTIONS + KEPT_DESCRIPTORS
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == resource.RLIM_INFINITY:
        return MAX_CONNECTIONS
    return max(1, min(MAX_CONNECTIONS, (soft - KEPT_DESCRIPTORS) // 2))
