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


@dataclass
class Measurement:
    """One contestant's figures with one number of threads."""

    name: str
    threads: int
    mean_cosine: float = 0.0  # with the reference's vectors of the same texts
    worst_cosine: float = 0.0
    # a number a round, by kind of text
    tokens_per_second: dict[str, list[float]] = field(default_factory=dict)
    short_ms: list[list[float]] = field(default_factory=list)  # of one short text: rounds, calls
    peak_mb: float = 0.0  # resident

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
def worker(contestant: Contestant, threads: int) -> Iterator[Worker]:
    arguments = [contestant.load, contestant.variant, str(threads)]
    command = [python(contestant.environment), "-m", "benchmarks.peers.worker", *arguments]
    limit = {"OMP_NUM_THREADS": str(threads)}
    with process(contestant.name, command, environment=limit, stdin=PIPE, stdout=PIPE) as running:
        yield Worker(contestant.name, running)


def measure(
    contestants: Sequence[Contestant],
    texts: Mapping[str, Sequence[str]],
    tokens: Mapping[str, int],
    *,
    threads: int,
    rounds: int,
) -> list[Measurement]:
    """All contestants on the same texts, in turn. texts, tokens: by kind."""
    measured = {one.name: Measurement(one.name, threads) for one in contestants}
    vectors: dict[str, NDArray[np.float32]] = {}
    with ExitStack() as stack:
        workers: dict[str, Worker] = {}
        for one in contestants:
            print(f"{one.name}, as a library, threads: {threads}", flush=True)
            workers[one.name] = stack.enter_context(worker(one, threads))
            # Encoding all texts also warms everything up.
            sets = [workers[one.name].vectors(some) for some in texts.values()]
            vectors[one.name] = np.concatenate(sets)
        for _ in range(rounds):
            for name, figures in measured.items():
                take_turn(figures, workers[name], texts, tokens)
    for name, figures in measured.items():
        cosines = np.sum(vectors[name] * vectors[REFERENCE], axis=1)
        figures.mean_cosine, figures.worst_cosine = float(cosines.mean()), float(cosines.min())
    return list(measured.values())


def take_turn(
    one: Measurement,
    at_work: Worker,
    texts: Mapping[str, Sequence[str]],
    tokens: Mapping[str, int],
) -> None:
    """A contestant's round."""
    calls = at_work.encode([SHORT], calls=SHORT_CALLS)["seconds"]
    one.short_ms.append([seconds * 1_000 for seconds in calls])
    for kind, some in texts.items():
        answer = at_work.encode(some)
        speed = tokens[kind] / answer["seconds"][0]
        one.tokens_per_second.setdefault(kind, []).append(speed)
        one.peak_mb = answer["peak_mb"]
