"""Actors that take turns: each runs until its next step, and chance picks the next one.

Actors are threads, and one runs at a time: a seed gives the same history on every machine.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from random import Random

PAUSE_RATE = 0.05  # how often an actor pauses after a step
MACHINES = 3
MAX_SKEW = 5.0  # s
JUMPS = (-86_400.0, 86_400.0, -3_600.0, 3_600.0, -45.0, 45.0)  # s


class Crash(BaseException):
    """The invocation ends here: out of memory, or killed. The product must not catch it."""


class Clock:
    """A history's time: it passes at steps only, mostly a little, sometimes a lot.

    Each machine's own clock differs from it: always a little, and by a day once it was set.
    """

    def __init__(self, random: Random) -> None:
        self._random = random
        self.time = 1_000_000.0
        self._ahead = [random.uniform(-MAX_SKEW, MAX_SKEW) for _ in range(MACHINES)]

    def tick(self) -> None:
        is_long = self._random.random() < 0.02
        self.time += self._random.uniform(20, 100) if is_long else self._random.uniform(0, 1)

    def jump(self) -> None:
        """Set a machine's clock forward or back."""
        self._ahead[self._random.randrange(MACHINES)] += self._random.choice(JUMPS)

    def now(self, machine: int) -> float:
        """What the machine takes for the time."""
        return self.time + self._ahead[machine]


class Scheduler:
    """Runs actors step by step."""

    def __init__(self, random: Random, clock: Clock) -> None:
        self._random, self._clock = random, clock
        self._actors: list[Actor] = []
        self._returned = threading.Semaphore(0)
        self._current: Actor | None = None

    @property
    def running(self) -> int:
        return len(self._actors)

    @property
    def current(self) -> Actor:
        """The running actor."""
        assert self._current is not None
        return self._current

    def start(self, action: Callable[[], None]) -> None:
        machine = self._random.randrange(MACHINES)
        self._actors.append(Actor(action, self._returned, machine))

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
        self.current.pause()


class Actor:
    """A process, or an invocation, on one of the machines."""

    def __init__(
        self, action: Callable[[], None], returned: threading.Semaphore, machine: int
    ) -> None:
        self._action, self._returned, self.machine = action, returned, machine
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
