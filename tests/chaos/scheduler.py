"""Actors that take turns: each runs until its next step, and chance picks the next one.

Actors are threads, and one runs at a time: a seed gives the same history on every machine.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from random import Random

PAUSE_RATE = 0.05  # how often an actor pauses after a step


class Crash(BaseException):
    """The invocation ends here: out of memory, or killed. The product must not catch it."""


class Clock:
    """A history's time: it passes at steps only, mostly a little, sometimes a lot."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self.time = 1_000_000.0

    def tick(self) -> None:
        is_long = self._random.random() < 0.02
        self.time += self._random.uniform(20, 100) if is_long else self._random.uniform(0, 1)

    def now(self) -> float:
        return self.time

    monotonic = now


class Scheduler:
    """Runs actors step by step."""

    def __init__(self, random: Random, clock: Clock) -> None:
        self._random, self._clock = random, clock
        self._actors: list[_Actor] = []
        self._returned = threading.Semaphore(0)
        self._current: _Actor | None = None

    @property
    def running(self) -> int:
        return len(self._actors)

    def start(self, action: Callable[[], None]) -> None:
        self._actors.append(_Actor(action, self._returned))

    def turn(self) -> None:
        """Let one actor run to its next step or its end. If all of them pause, let time pass."""
        awake = [actor for actor in self._actors if actor.wakes <= self._clock.time]
        if not awake:
            self._clock.time += 5
            return
        self._current = actor = self._random.choice(awake)
        # Some actors pause for long in the middle of their work.
        if self._random.random() < PAUSE_RATE:
            actor.wakes = self._clock.time + self._random.uniform(5, 100)
        self._clock.tick()
        actor.go.release()
        self._returned.acquire()
        if actor.is_done:
            self._actors.remove(actor)
            if actor.error is not None:
                raise actor.error

    def step(self) -> None:
        """Called by the running actor: let others run."""
        assert self._current is not None
        self._current.pause()


class _Actor:
    def __init__(self, action: Callable[[], None], returned: threading.Semaphore) -> None:
        self._action, self._returned = action, returned
        self.go = threading.Semaphore(0)
        self.is_done, self.error = False, None
        self.wakes = 0.0
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        self.go.acquire()
        try:
            self._action()
        except Crash:
            pass
        except BaseException as error:
            self.error = error
        finally:
            self.is_done = True
            self._returned.release()

    error: BaseException | None

    def pause(self) -> None:
        self._returned.release()
        self.go.acquire()
