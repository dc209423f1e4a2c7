"""`sam local start-api` and `start-lambda` behind ports."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from typing import IO

import pytest

from tests.paths import ROOT
from tests.sam.commands import ARCHITECTURE, SAM, environment

STARTING_SECONDS = 60
STOPPING_SECONDS = 60


@contextlib.contextmanager
def sam_local(command: str, *options: str) -> Iterator[int]:
    """`sam local <command>` with warm containers, on the port that it yields."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryFile("w+") as log:
        options = (*options, "--port", str(port), "--warm-containers", "LAZY", *ARCHITECTURE)
        process = subprocess.Popen(
            [SAM, "local", command, *options],
            cwd=ROOT,
            env=environment(),
            stdout=log,
            stderr=log,
        )
        try:
            _wait(port, process, log)
            yield port
        finally:
            process.terminate()  # SIGINT may be ignored in a background process
            process.wait(timeout=STOPPING_SECONDS)


def _wait(port: int, process: subprocess.Popen[bytes], log: IO[str]) -> None:
    # Connects without sending a request, which would already start a container.
    deadline = time.monotonic() + STARTING_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    log.seek(0)
    pytest.fail(f"sam local did not start: {log.read()}")
