"""Ctrl-C, SIGTERM, a terminal that closes: a command ends in a second or two, whatever it does.

The first signal raises Interrupted in the main thread, the second ends the process at once. A
terminal that closes often sends two, so its second one is not heard.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(KeyboardInterrupt):
    """A signal asked for the end. status: the shell's exit status for it, 129, 130 or 143."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.status = 128 + number


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise Interrupted inside for the first signal. Other threads than the main one get none."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    seen: list[int] = []

    def interrupt(number: int, _: FrameType | None) -> None:
        if seen and number == signal.SIGHUP:
            return
        if seen:
            os._exit(128 + number)
        seen.append(number)
        raise Interrupted(number)

    # A parent may have chosen to ignore one, as `nohup` does SIGHUP.
    heard = [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, interrupt) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def ends_at_once(status: int = 128 + signal.SIGINT) -> Iterator[None]:
    """End the process for Ctrl-C inside, where modules load: many make another error of it.

    status: of the process then.
    Leaves alone what a parent has chosen (a shell without job control ignores it for `&`), and
    other threads than the main one.
    """
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    ):
        yield
        return
    signal.signal(signal.SIGINT, lambda number, _: os._exit(status))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def try_for(seconds: float, action: Callable[[], object]) -> None:
    """Run `action`, and leave it behind if it takes longer."""
    thread = threading.Thread(target=action, daemon=True)
    thread.start()
    thread.join(seconds)


def end(status: int, message: str) -> NoReturn:
    """End the process with a last line, and without waiting for its threads: one may hang."""
    with suppress(OSError):  # the terminal may be gone
        print(message, file=sys.stderr)
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(status)
