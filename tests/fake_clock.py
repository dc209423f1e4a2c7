"""A clock that moves only when a test, or the code under test, says so."""

from __future__ import annotations

START = 1_000_000.0  # s


class FakeClock:
    """Stands still until `sleep` is called, or a test sets `time`."""

    def __init__(self) -> None:
        self.time = START
        self.slept: list[float] = []  # the waits so far, in seconds

    def now(self) -> float:
        """Seconds since 1970."""
        return self.time

    def monotonic(self) -> float:
        """Seconds, of the same clock."""
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds
