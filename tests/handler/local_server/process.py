"""A server process for tests of signals: `python -m tests.handler.local_server.process [patient]`.

Its first line is its port.
"""

from __future__ import annotations

import asyncio
import sys
import time

from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from handler.local_server.bounds import Bounds
from handler.local_server.listening import listen
from handler.local_server.log_limit import write_limited_logs
from handler.local_server.server import Server, run_to_the_end
from tests.handler.local_server.serving import LARGE, answer

BOUNDS = Bounds(grace_seconds=1.0, farewell_seconds=0.2, exit_seconds=1.5)
PATIENT = Bounds(grace_seconds=15.0, exit_seconds=20.0)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    say(scope["path"])
    match scope["path"]:
        case "/short":
            await asyncio.sleep(0.3)
        case "/long":
            await asyncio.sleep(60)
        case "/compute":  # on a thread that nothing stops
            await run_in_threadpool(time.sleep, 60)
        case "/block":  # the event loop itself
            time.sleep(60)  # noqa: ASYNC251
        case "/large":
            await answer(send, 200, LARGE)
            return
    await answer(send, 200, b"done")


if __name__ == "__main__":
    sockets = listen("127.0.0.1", 0)
    say(str(sockets[0].getsockname()[1]))
    bounds = PATIENT if sys.argv[1:] == ["patient"] else BOUNDS
    run_to_the_end(Server(application, bounds, write_limited_logs()), sockets)
