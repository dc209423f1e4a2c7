"""Limits how many threads do something at a time, first come, first served.

`threading.Semaphore` is not fair: a thread that releases it and acquires it again usually
overtakes the waiting threads. A long request would then hold up a short one until its end.
Does not time out.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class FairSemaphore:
    """`with semaphore:` admits up to `count` threads at a time, in order of arrival.

    `with semaphore.first():` goes before all that wait. `semaphore.give_way()`, inside, lets those
    that wait go first.
    """

    def __init__(self, count: int) -> None:
        self._free = count
        self._waiting: deque[threading.Lock] = deque()
        self._mutex = threading.Lock()

    def __enter__(self) -> None:
        self._enter(self._waiting.append)

    @contextmanager
    def first(self) -> Iterator[None]:
        """Wait only for one of those that are inside."""
        self._enter(self._waiting.appendleft)
        try:
            yield
        finally:
            self.__exit__()

    def give_way(self) -> None:
        """Called inside: let the next one in, and wait for another turn."""
        with self._mutex:
            if not self._waiting:
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
            self._waiting.popleft().release()
        turn.acquire()

    def _enter(self, wait: Callable[[threading.Lock], None]) -> None:
        with self._mutex:
            if self._free:
                self._free -= 1
                return
            turn = threading.Lock()
            turn.acquire()
            wait(turn)
        turn.acquire()  # blocks until a leaving thread releases it

    def __exit__(self, *_: object) -> None:
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1
