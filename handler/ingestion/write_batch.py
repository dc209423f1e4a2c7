"""Documents side by side, so that the vectors of small ones share a request.

S3 Vectors charges a request as 128 KB at least, which is some forty chunks: for documents of a
page, written one by one, that would be most of what ingestion costs.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Generic, TypeVar

from handler.errors import TryLater
from handler.stores.contract import Record, VectorIndex

REQUEST = 131_072  # bytes

T = TypeVar("T")


@dataclass(frozen=True)
class Ready:
    """A document's vectors can be written: it goes on when there are enough for a request."""

    size: int  # bytes, about


@dataclass(frozen=True)
class Write:
    """Records to be written now: the document goes on when they are."""

    records: list[Record]
    deadline: float  # of time.monotonic()


# A document on its way: it asks for what it needs, one after the other, and ends with its outcome.
# What goes wrong with a write is raised where it was asked for.
Steps = Generator[Ready | Write, None, T]


class Task(Generic[T]):
    """A document's steps, and what came of them."""

    def __init__(self, steps: Steps[T]) -> None:
        self._steps = steps
        self._results: list[T | Exception] = []  # one, when it has ended

    def result(self) -> T | Exception:
        """Its outcome, or what it raised, when it has ended."""
        return self._results[0]

    def go_on(self, error: BaseException | None = None) -> Ready | Write | None:
        """What it needs next; None if it has ended. error: what went wrong with its write."""
        try:
            return next(self._steps) if error is None else self._steps.throw(error)
        except StopIteration as end:
            self._results.append(end.value)
        except Exception as raised:
            self._results.append(raised)
        return None


class Together(Generic[T]):
    """Tasks that wait for each other, until their vectors fill a request."""

    def __init__(self, vectors: VectorIndex, *, request: int = REQUEST) -> None:
        self._vectors = vectors
        self._request = request
        self._waiting: list[Task[T]] = []
        self._size = 0

    def start(self, steps: Steps[T]) -> Task[T]:
        """Begin with a document, and go on with it for as long as it waits for no other."""
        task = Task(steps)
        self._wait(task, task.go_on())
        if self._size >= self._request:
            self.flush()
        return task

    def finish(self) -> None:
        """Go on with all of them until they have ended."""
        while self._waiting:
            self.flush()

    def flush(self) -> None:
        """Write what there is."""
        tasks, self._waiting, self._size = self._waiting, [], 0
        writes = []
        for task in tasks:
            need = task.go_on()
            if isinstance(need, Write):
                writes.append((task, need))
            else:
                self._wait(task, need)
        for task, error in self._write(writes):
            self._wait(task, task.go_on(error))

    def _write(
        self, writes: list[tuple[Task[T], Write]]
    ) -> list[tuple[Task[T], BaseException | None]]:
        """Each task with what went wrong with its write."""
        if not writes:
            return []
        records = [record for _, write in writes for record in write.records]
        error: BaseException | None = None
        try:
            self._vectors.upsert(records, deadline=min(write.deadline for _, write in writes))
        except TryLater as raised:
            error = raised
        except KeyboardInterrupt as raised:
            for task, _ in writes:
                task.go_on(raised)
            raise
        except Exception as raised:
            if len(writes) > 1:  # one of them is to blame
                return [result for write in writes for result in self._write([write])]
            error = raised
        return [(task, error) for task, _ in writes]

    def _wait(self, task: Task[T], need: Ready | Write | None) -> None:
        if isinstance(need, Ready):
            self._waiting.append(task)
            self._size += need.size
        assert not isinstance(need, Write), "a document asks for a write when it is its turn"
