"""Names of leases' owners, which tell whether an owner can still go on.

A process of this machine that was killed never releases its leases. Its name says which process it
was, so that the next one need not wait until they run out. Elsewhere (Lambda, another machine,
another container) nothing is known of an owner, and time alone decides. Taking a lease from an
owner that lives after all would cost work, and nothing else (see `planning.restarted`).
"""

from __future__ import annotations

import os
import platform
import sys
import uuid
from pathlib import Path
from typing import Protocol

PROC = Path("/proc")
FIELDS_BEFORE_START = 19  # of /proc/<pid>/stat, from the state on; see proc_pid_stat(5)
ENDED = frozenset("ZX")  # states of a process that only waits to be noticed


class Owners(Protocol):
    """Names owners, and knows them again."""

    def name(self) -> str:
        """A name for one attempt; no other has it."""

    def is_gone(self, owner: str) -> bool:
        """Whether the owner has certainly ended. False if nothing is known of it."""


class Invocations:
    """Owners of which nothing can be known, as on Lambda: only time decides."""

    def name(self) -> str:
        return uuid.uuid4().hex

    def is_gone(self, owner: str) -> bool:
        return False


class Processes:
    """Owners that are processes of this machine: "<host>/<process>/<start>/<nonce>"."""

    def __init__(self, *, proc: Path = PROC) -> None:
        self._proc = proc
        self._host = _host(proc)

    def name(self) -> str:
        nonce = uuid.uuid4().hex
        if self._host is None:
            return nonce
        process = os.getpid()
        return f"{self._host}/{process}/{self._start(process) or ''}/{nonce}"

    def is_gone(self, owner: str) -> bool:
        host, *rest = owner.split("/")
        if host != self._host or len(rest) != 3 or not rest[0].isdecimal():
            return False
        process, start = int(rest[0]), rest[1]
        now = self._start(process)
        if now is not None and start:
            return now != start  # its number may have been given to another process
        return not _exists(process)

    def _start(self, process: int) -> str | None:
        """When the process started, in ticks since boot; "" if it has ended; None if unknown."""
        try:
            stat = (self._proc / str(process) / "stat").read_bytes()
        except OSError:  # no such process, or another user's and hidden, or no /proc
            return None
        # After the program's name, which is in parentheses and can hold any byte.
        state, *others = stat.rpartition(b")")[2].decode("ascii", "replace").split()
        if state in ENDED or len(others) < FIELDS_BEFORE_START:
            return "" if state in ENDED else None
        return others[FIELDS_BEFORE_START - 1]


def _host(proc: Path) -> str | None:
    """Where process numbers mean the same: this boot of this machine, and this container.

    None if that cannot be told.
    """
    try:
        boot = (proc / "sys/kernel/random/boot_id").read_text().strip()
        namespace = (proc / "self/ns/pid").readlink().name  # "pid:[4026531836]"
    except OSError:
        if sys.platform != "darwin":
            return None
        return f"{platform.node()}-{uuid.getnode():x}".replace("/", "-")
    return f"{boot}-{namespace}"


def _exists(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # another user's
        return True
    return True
