"""One worker process that reads documents: it is started, asked and stopped here.

Nothing else touches the process. Knows no documents: what an outcome means is for `sandbox`.
Does not use `multiprocessing`, which needs /dev/shm; Lambda has none.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handler.documents.pipe_protocol import pack
from handler.documents.worker_pipes import Message, WorkerPipes

ROOT = Path(__file__).parents[2]
# The worker gets only these environment variables, so that it never sees a key or a token.
INHERITED = ("PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TZ")
# -P: the current directory is not on the import path.
COMMAND = (sys.executable, "-P", "-m", "handler.documents.sandbox_worker")
START_SECONDS = 60  # on Lambda, the first start reads its files over the network
GRACE_SECONDS = 5  # how long an orphan with a slow document may live beyond its time
DYING_SECONDS = 1  # how long a worker that closed its pipes may take to die


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
    """The worker ended without an answer, or was killed because its answer made no sense.

    status: as `Popen.returncode` has it. peak: bytes of address space that it was seen with.
    said: what it wrote to its log. is_garbled: whether it sent something else than an answer.
    """

    status: int
    peak: int = 0
    said: str = ""
    is_garbled: bool = False


Reply = Answered | TimedOut | Crashed


class WorkerProcess:
    """A running worker. Its owner asks one question at a time; `kill` is for any thread.

    memory: bytes of address space. seconds: what one document may take at most; the worker exits
    by itself GRACE_SECONDS later if its parent is gone, and the platform cannot tell it.
    """

    def __init__(self, *, memory: int, seconds: float) -> None:
        """Start the process. It is not ready yet."""
        life, self._life = os.pipe()  # the worker dies when our end is closed, as it is at our end
        try:
            arguments = [memory, int(seconds) + GRACE_SECONDS, life]
            self._process = subprocess.Popen(
                [*COMMAND, *map(str, arguments)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                # Not ours: the worker could fill a disk, and type on a terminal.
                stderr=subprocess.PIPE,
                env=_environment(os.environ),
                pass_fds=[life],
                bufsize=0,
            )
        except BaseException:
            os.close(self._life)
            raise
        finally:
            os.close(life)
        streams = (self._process.stdin, self._process.stdout, self._process.stderr)
        self._pipes = WorkerPipes(*(os.dup(stream.fileno()) for stream in streams if stream))
        for stream in streams:
            if stream:
                stream.close()
        self._peak = 0

    def wait_until_ready(self) -> dict[str, Any]:
        """Wait for the worker's first message, and answer with its fields.

        Raises RuntimeError if it does not start; then, as after any exception, it is stopped.
        """
        ready: Message | None = None
        try:
            with suppress(TimeoutError, EOFError, ValueError):
                until = time.monotonic() + START_SECONDS
                ready = self._pipes.exchange([], until=until, look=lambda: None)
        finally:  # after a Ctrl-C, too, or the process would be left behind
            if ready is None:
                self._end()
                _write_log(self._pipes.log())
                self.stop()
        if ready is None:
            raise RuntimeError("The process that reads documents does not start: see its log.")
        return ready[0]

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
        self._peak = 0
        answer: Answered | None = None
        timed_out = is_garbled = False
        try:
            until = time.monotonic() + seconds
            message = self._pipes.exchange(pack(fields, content), until=until, look=self._look)
            answer = Answered(*message)
        except TimeoutError:
            timed_out = True
        except EOFError:
            self._end()  # it crashed: its status says how
        except ValueError:
            is_garbled = True
        finally:
            if answer is None:
                self.kill()
            said = self._pipes.log()
            _write_log(said)
            if answer is None or answer.fields.get("last") is not False:
                self.stop()
        if answer:
            return answer
        if timed_out:
            return TimedOut()
        return Crashed(self._process.returncode, self._peak, said, is_garbled)

    def kill(self) -> None:
        """Kill the process, from any thread. A thread that waits for its reply gets Crashed."""
        self._process.kill()

    def stop(self) -> None:
        """Kill the process if it runs, and release what it holds. Does no harm twice."""
        self._process.kill()
        self._process.wait()
        self._pipes.close()
        if self._life >= 0:
            os.close(self._life)
            self._life = -1

    def _end(self) -> None:
        """Wait until the process has died, or kill it."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(DYING_SECONDS)
        self._process.kill()

    def _look(self) -> None:
        """Note how much memory the worker takes: after a crash, the kernel does not tell."""
        with suppress(OSError, ValueError, IndexError):
            pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[0])
            self._peak = max(self._peak, pages * resource.getpagesize())


def _write_log(said: str) -> None:
    if said:
        sys.stderr.write(said if said.endswith("\n") else said + "\n")
        sys.stderr.flush()


def _environment(environment: Mapping[str, str]) -> dict[str, str]:
    kept = {key: environment[key] for key in INHERITED if key in environment}
    path = [str(ROOT), *filter(None, [environment.get("PYTHONPATH")])]
    return kept | {"PYTHONPATH": os.pathsep.join(path)}
