"""The server: uvicorn's, which watches its connections, and ends in time.

The first SIGTERM, SIGINT or SIGHUP stops it gracefully, within seconds whatever is connected or
computing; the second ends the process at once, but for SIGHUP: a terminal that closes sends two.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import NoReturn

import uvicorn
from starlette.types import ASGIApp

from handler.local_server.bounds import Bounds
from handler.local_server.connection import Connection
from handler.local_server.connections import Connections
from handler.local_server.listening import BACKLOG
from handler.local_server.log_limit import LimitedHandler

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Connections that asyncio accepts on each socket before it reports any of them: fewer than the
# descriptors that are kept for this.
ACCEPTED_AT_ONCE = 8

log = logging.getLogger(__name__)


class Server(uvicorn.Server):
    """A server of one application, in this process."""

    server_state: Connections

    def __init__(self, app: ASGIApp, bounds: Bounds, logs: LimitedHandler | None = None) -> None:
        """logs: told every second to report what it left out."""
        config = uvicorn.Config(
            app,
            http=Connection,
            loop="asyncio",  # uvloop, if it is installed, accepts all connections that wait at once
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,  # each request writes a line of our own
            backlog=ACCEPTED_AT_ONCE,
            timeout_keep_alive=bounds.keep_alive_seconds,  # type: ignore[arg-type]  # takes any number
        )
        super().__init__(config)
        self.server_state = Connections(bounds)
        self._bounds, self._logs = bounds, logs
        self._watching: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for one in sockets or ():
            one.listen(BACKLOG)  # asyncio has shortened the system's queue to what it accepts
        self._watching = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._bounds.check_seconds)
            try:
                self.server_state.check(asyncio.get_running_loop().time())
            except Exception:  # a bug here must not end the watch
                log.exception("the connections could not be checked")
            if self._logs:
                self._logs.report()

    # --- the end

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handle signals, from here to the end of the process."""
        if threading.current_thread() is threading.main_thread():
            for one in SIGNALS:
                if one != signal.SIGHUP or signal.getsignal(one) is not signal.SIG_IGN:  # nohup
                    signal.signal(one, self.handle_exit)
        yield

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self.should_exit and sig == signal.SIGHUP:
            return
        if self.should_exit:
            os._exit(128 + sig)  # as a shell reports a signal
        self.should_exit = True
        # The last resort: a thread may be computing, and Python waits for threads.
        last = threading.Timer(self._bounds.exit_seconds, os._exit, (1,))
        last.daemon = True
        last.start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        log.info("Shutting down")
        for server in self.servers:
            server.close()
        for one in sockets or ():
            one.close()
        state = self.server_state
        for connection in list(state.connections):
            connection.shutdown()
        await self._answered(self._bounds.grace_seconds)
        if state.tasks:
            log.warning("Requests that are cancelled: %d", len(state.tasks))
        for connection in list(state.connections):
            connection.stop_waiting()
        for task in list(state.tasks):
            task.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._bounds.farewell_seconds):
                await state.until_empty()
        for connection in list(state.connections):
            if connection.transport.unread:
                connection.transport.abort()
            else:  # the system still sends what it has
                connection.transport.close_now()
        if self._watching:
            self._watching.cancel()
        log.info("Shut down")

    async def _answered(self, seconds: float) -> None:
        """Wait until requests are answered, and clients have taken their answers."""
        state = self.server_state
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                if state.tasks:
                    await asyncio.wait(state.tasks)
                await state.until_empty()


def run_to_the_end(
    server: Server, sockets: list[socket.socket], *, at_end: Callable[[], object] = lambda: None
) -> NoReturn:
    """Run the server until a signal, and end the process, whatever threads still compute.

    at_end: called when the server has ended, and should take a second at most.
    """
    server.run(sockets)
    at_end()
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)
