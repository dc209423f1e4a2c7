"""Actors that take turns: each runs until its next step, and chance says whose turn it is.

Threads, of which one runs at a time: the same seed gives the same history, whatever the machine.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from random import Random

STILL = 0.05  # how often an actor stands still after a step


class Crash(BaseException):
    """The invocation ends here: out of memory, killed, the machine gone. Nothing may catch it."""


class Clock:
    """The time in a history: it passes at steps only, mostly little, at times much."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self.time = 1_000_000.0

    def tick(self) -> None:
        much = self._random.random() < 0.02
        self.time += self._random.uniform(20, 100) if much else self._random.uniform(0, 1)

    def now(self) -> float:
        return self.time

    monotonic = now


class Scheduler:
    """Runs actors step by step."""

    def __init__(self, random: Random, clock: Clock) -> None:
        self._random, self._clock = random, clock
        self._actors: list[_Actor] = []
        self._here = threading.Semaphore(0)
        self._current: _Actor | None = None

    @property
    def running(self) -> int:
        return len(self._actors)

    def start(self, action: Callable[[], None]) -> None:
        self._actors.append(_Actor(action, self._here))

    def turn(self) -> None:
        """Let one of the actors go on to its next step, or to its end; or time pass, if all of
        them stand still.
        """
        awake = [actor for actor in self._actors if actor.wakes <= self._clock.time]
        if not awake:
            self._clock.time += 5
            return
        self._current = actor = self._random.choice(awake)
        # Some stand still for long in the midst of something, and others do not.
        if self._random.random() < STILL:
            actor.wakes = self._clock.time + self._random.uniform(5, 100)
        self._clock.tick()
        actor.go.release()
        self._here.acquire()
        if actor.is_done:
            self._actors.remove(actor)
            if actor.error is not None:
                raise actor.error

    def step(self) -> None:
        """Where an actor may be made to wait; called by itself."""
        assert self._current is not None
        self._current.pause()


class _Actor:
    def __init__(self, action: Callable[[], None], here: threading.Semaphore) -> None:
        self._action, self._here = action, here
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
            self._here.release()

    error: BaseException | None

    def pause(self) -> None:
        self._here.release()
        self.go.acquire()
