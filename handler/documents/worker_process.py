"""One worker process that reads documents: it is started, asked and stopped here.

Nothing else touches the process. Knows no documents: what an outcome means is for `sandbox`.
Does not use `multiprocessing`, which needs /dev/shm; Lambda has none.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from handler.documents.pipe_protocol import read_message, write_message

ROOT = Path(__file__).parents[2]
# The worker gets only these environment variables, so that it never sees a key or a token.
INHERITED = ("PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TZ")
# -P: the current directory is not on the import path.
COMMAND = (sys.executable, "-P", "-m", "handler.documents.sandbox_worker")
GRACE_SECONDS = 5  # how long a worker may take to die after a crash, or without its parent


@dataclass(frozen=True)
class Answered:
    """The worker answered: JSON fields and bytes."""

    fields: dict[str, Any]
    content: bytes


@dataclass(frozen=True)
class TimedOut:
    """The worker was killed because its time was up."""


@dataclass(frozen=True)
class Crashed:
    """The worker ended without an answer. status: as `Popen.returncode` has it."""

    status: int


Reply = Answered | TimedOut | Crashed


class WorkerProcess:
    """A running worker. Not thread-safe: its owner asks one question at a time.

    memory: bytes of address space. seconds: what one document may take at most; the worker exits
    by itself GRACE_SECONDS later if its parent is gone.
    """

    def __init__(self, *, memory: int, seconds: float) -> None:
        """Start the worker and wait until it is ready. Raises RuntimeError if it does not start."""
        limits = [str(memory), str(int(seconds) + GRACE_SECONDS)]
        self._process = subprocess.Popen(
            [*COMMAND, *limits],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment(os.environ),
        )
        ready = None
        try:
            ready = read_message(self._stdout)
        finally:  # after a Ctrl-C, too, or the process would be left behind
            if ready is None:
                self.stop()
        if ready is None:
            raise RuntimeError("The process that reads documents does not start: see its log.")

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def ask(self, fields: dict[str, Any], content: bytes, *, seconds: float) -> Reply:
        """Send one document and wait for the reply, at most `seconds`.

        The worker stays alive only after a timely answer that is not its last. After any other
        reply, or an exception, it has been stopped.
        """
        expired = threading.Event()

        def expire() -> None:
            expired.set()
            self._process.kill()

        timer = threading.Timer(seconds, expire)
        timer.start()
        answer = None
        try:
            answer = self._exchange(fields, content)
            if answer is None and not expired.is_set():
                self._process.wait(GRACE_SECONDS)  # it crashed: its status says how
        finally:
            timer.cancel()
            timer.join()  # from here on it cannot kill a worker that reads the next document
            if answer is None or expired.is_set() or answer.fields["last"]:
                self.stop()
        if answer:
            return answer
        return TimedOut() if expired.is_set() else Crashed(self._process.returncode)

    def stop(self) -> None:
        """Kill the process if it runs, and release what it holds. Does no harm twice."""
        self._process.kill()
        self._process.wait()
        self._stdout.close()
        with contextlib.suppress(BrokenPipeError):  # the rest of a document that was not read
            self._stdin.close()

    def _exchange(self, fields: dict[str, Any], content: bytes) -> Answered | None:
        """The worker's answer; None if it ends before it gives one."""
        try:
            write_message(self._stdin, fields, content)
        except BrokenPipeError:
            return None
        message = read_message(self._stdout)
        return Answered(*message) if message else None

    @property
    def _stdin(self) -> IO[bytes]:
        assert self._process.stdin
        return self._process.stdin

    @property
    def _stdout(self) -> IO[bytes]:
        assert self._process.stdout
        return self._process.stdout


def _environment(environment: Mapping[str, str]) -> dict[str, str]:
    kept = {key: environment[key] for key in INHERITED if key in environment}
    path = [str(ROOT), *filter(None, [environment.get("PYTHONPATH")])]
    return kept | {"PYTHONPATH": os.pathsep.join(path)}
