"""A server process, started as `make serve` starts it."""

from __future__ import annotations

import contextlib
import math
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.paths import ROOT


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def base_url(self) -> str:
        return f"{self.origin}/v1"

    def stop(self, signal: int, *, patience: float) -> float:
        """Send the signal. Returns the seconds until the server has ended: inf if it was killed,
        after `patience` seconds.
        """
        started = time.monotonic()
        self.process.send_signal(signal)
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return math.inf
        return time.monotonic() - started


@contextlib.contextmanager
def start_server(log: Path | None = None, /, **settings: str) -> Iterator[Server]:
    """Run a server with these settings, on top of those of the environment.

    log: a file for what it writes to standard error, which is this process's by default.
    """
    # Port 0: the system picks a free one, and the server's first line names it.
    address = {"HOST": "127.0.0.1", "PORT": "0", "PYTHONUNBUFFERED": "1", "VECTOR_STORE": ""}
    environment = {**os.environ, **address, **settings}
    command = [sys.executable, "-m", "handler.commands", "serve"]
    with (
        log.open("wb") if log else contextlib.nullcontext() as stderr,
        subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=stderr
        ) as process,
    ):
        assert process.stdout is not None
        found = re.search(rb"http://127\.0\.0\.1:(\d+)/v1", process.stdout.readline())
        assert found, "the server did not start"
        # Read its log, or the pipe fills up and the server stops.
        threading.Thread(target=process.stdout.read, daemon=True).start()
        try:
            yield Server(int(found[1]), process)
        finally:
            process.terminate()
