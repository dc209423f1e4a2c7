"""Folders that a build writes to until it is done. None stays behind when a signal ends it."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

PREFIX = ".bundle-"
SIGNALS = (signal.SIGINT, signal.SIGTERM)
PATIENCE = 1.0  # seconds for what was started to end

_folders: set[Path] = set()  # of this process


@contextmanager
def scratch_folder(parent: Path) -> Iterator[Path]:
    """A new folder in `parent`, for as long as the block runs."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    _folders.add(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
        _folders.discard(folder)


def temporary_folder() -> Path:
    """A new folder among the system's temporary ones, for as long as the process runs."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    _folders.add(folder)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def remove_abandoned(parent: Path) -> None:
    """Remove the folders of builds that were killed. No other may be running there."""
    for folder in parent.glob(f"{PREFIX}*"):
        shutil.rmtree(folder, ignore_errors=True)


def end_at_signals() -> None:
    """End the process for SIGINT and SIGTERM at once, and what it has started, such as pip.

    An exception would not do: libraries in C make another error of it, or print it and go on.
    """
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end)


def end_with_stdin() -> None:
    """End the process as SIGTERM does when standard input ends: the one that holds it has ended."""

    def wait() -> None:
        while os.read(0, 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()


def _end(number: int, _: FrameType | None) -> NoReturn:
    if os.getpgrp() == os.getpid():  # else the group is the shell's, and has got the signal
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.killpg(0, signal.SIGTERM)
    _wait_for_children(until=time.monotonic() + PATIENCE)  # so that they write no more
    for folder in _folders:
        shutil.rmtree(folder, ignore_errors=True)
    os._exit(128 + number)


def _wait_for_children(*, until: float) -> None:
    with suppress(ChildProcessError):  # there is none any more
        while time.monotonic() < until:
            os.waitpid(-1, os.WNOHANG)
            time.sleep(0.01)
