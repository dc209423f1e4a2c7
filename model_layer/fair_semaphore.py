"""A limit to how many threads do something at a time, first come, first served.

`threading.Semaphore` is not fair: a thread that comes back at once mostly goes before those that
wait, and a long request would hold up a short one until its end.
"""

from __future__ import annotations

import threading
from collections import deque


class FairSemaphore:
    """`with semaphore:` waits until fewer than `count` threads are inside, in order of arrival."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._waiting: deque[threading.Lock] = deque()
        self._mutex = threading.Lock()

    def __enter__(self) -> None:
        with self._mutex:
            if self._free:
                self._free -= 1
                return
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        mine.acquire()  # until the one before hands over its turn

    def __exit__(self, *_: object) -> None:
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1
