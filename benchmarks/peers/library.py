"""The contestants as libraries: tokens per second, latency, memory, and how right they are.

Each lives in a process of its own and only one works at a time. They take turns, round by round, so
that other work on the machine disturbs all of them alike.
"""

from __future__ import annotations

import base64
import json
import statistics
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from subprocess import PIPE
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.measuring.processes import Died, process, python
from benchmarks.measuring.reference import REFERENCE
from benchmarks.measuring.texts import SHORT
from benchmarks.peers.contestants import Contestant

SHORT_CALLS = 60  # of the one short text, in a round
NATIVE, AVX2 = "native", "AVX2"  # the instructions that a library sees: all, or none beyond AVX2
LARGE = "large call"  # a kind of texts; it takes long, and is measured in every other round only


@dataclass
class Measurement:
    """One contestant's figures with one number of threads and one kind of instructions."""

    name: str
    threads: int
    mean_cosine: float = 0.0  # with the reference's vectors of the same texts
    worst_cosine: float = 0.0
    # a number a round, by kind of text
    tokens_per_second: dict[str, list[float]] = field(default_factory=dict)
    short_ms: list[list[float]] = field(default_factory=list)  # of one short text: rounds, calls
    peak_mb: float = 0.0  # resident
    instructions: str = NATIVE

    def median(self, kind: str) -> float:
        return statistics.median(self.tokens_per_second[kind])

    def percentile(self, percent: float) -> float:
        """Of the milliseconds of one short text, all rounds together."""
        return float(np.percentile(np.concatenate(self.short_ms), percent))


@dataclass
class LibraryResult:
    """A run, as results/library.json keeps it."""

    setting: str
    machine: str
    tokens: dict[str, int]  # in the texts of each kind
    measured: list[Measurement]
    architecture: str = "x86"  # as Lambda's price list names it
    missing: list[str] = field(default_factory=list)  # what was not measured, and why


class Worker:
    """A contestant's process."""

    def __init__(self, name: str, running: Any) -> None:
        self._name, self._running = name, running

    def encode(
        self, texts: Sequence[str], *, calls: int = 1, vectors: bool = False
    ) -> dict[str, Any]:
        """Encode `texts` this many times: the seconds of each call, and the peak memory.

        Raises Died.
        """
        task = json.dumps({"texts": texts, "calls": calls, "vectors": vectors})
        try:
            print(task, file=self._running.stdin, flush=True)
            answer: dict[str, Any] = json.loads(self._running.stdout.readline())
        except (BrokenPipeError, json.JSONDecodeError) as error:
            self._running.wait()
            raise Died(self._name) from error
        return answer

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of `texts`, (n, 384)."""
        answer = base64.b64decode(self.encode(texts, vectors=True)["vectors"])
        return np.frombuffer(answer, "<f4").reshape(len(texts), -1)


@contextmanager
def worker(
    contestant: Contestant, threads: int, environment: Mapping[str, str] | None = None
) -> Iterator[Worker]:
    """The contestant's process; `environment` is added to that of this process."""
    arguments = [contestant.load, contestant.variant, str(threads)]
    command = [python(contestant.environment), "-m", "benchmarks.peers.worker", *arguments]
    added = {"OMP_NUM_THREADS": str(threads), **(environment or {})}
    with process(contestant.name, command, environment=added, stdin=PIPE, stdout=PIPE) as running:
        yield Worker(contestant.name, running)


@dataclass
class Run:
    """What all contestants have in common. texts, tokens: by kind."""

    texts: Mapping[str, Sequence[str]]
    tokens: Mapping[str, int]
    threads: int
    rounds: int
    instructions: str = NATIVE
    environment: Mapping[str, str] = field(default_factory=dict)  # hides the other instructions
    missing: list[str] = field(default_factory=list)  # who did not start, and why


def measure(contestants: Sequence[Contestant], run: Run) -> list[Measurement]:
    """All contestants on the same texts, in turn.

    Raises Died; but a peer that does not start with instructions hidden is left out and noted.
    """
    with ExitStack() as stack:
        started = _start(contestants, run, stack)
        measured = {name: Measurement(name, run.threads) for name in started}
        large = {one.name for one in contestants if one.large}
        for number in range(run.rounds):
            for name, figures in measured.items():
                without = () if name in large and number % 2 == 0 else (LARGE,)
                take_turn(figures, started[name][0], run, without)
    reference = started[REFERENCE][1]
    for name, figures in measured.items():
        cosines = np.sum(started[name][1] * reference, axis=1)
        figures.mean_cosine, figures.worst_cosine = float(cosines.mean()), float(cosines.min())
        figures.instructions = run.instructions
    return list(measured.values())


def _start(
    contestants: Sequence[Contestant], run: Run, stack: ExitStack
) -> dict[str, tuple[Worker, NDArray[np.float32]]]:
    """The workers, and their vectors of all texts but those of the large call.

    Encoding these also warms everything up.
    """
    started = {}
    sets = [some for kind, some in run.texts.items() if kind != LARGE]
    for one in contestants:
        print(f"{one.name}, as a library ({run.instructions}), threads: {run.threads}", flush=True)
        try:
            at_work = stack.enter_context(worker(one, run.threads, run.environment))
            vectors = np.concatenate([at_work.vectors(some) for some in sets])
        except Died as died:
            if run.instructions == NATIVE or one.name == REFERENCE:
                raise
            last = str(died).splitlines()[-1]
            run.missing.append(f"{one.name} ({run.instructions}): it did not start. {last}")
            continue
        started[one.name] = at_work, vectors
    return started


def take_turn(one: Measurement, at_work: Worker, run: Run, without: Sequence[str] = ()) -> None:
    """A contestant's round, but for some kinds of texts."""
    calls = at_work.encode([SHORT], calls=SHORT_CALLS)["seconds"]
    one.short_ms.append([seconds * 1_000 for seconds in calls])
    for kind, some in run.texts.items():
        if kind in without:
            continue
        answer = at_work.encode(some)
        speed = run.tokens[kind] / answer["seconds"][0]
        one.tokens_per_second.setdefault(kind, []).append(speed)
        one.peak_mb = answer["peak_mb"]
