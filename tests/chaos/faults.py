"""A bucket, a vector index and a ledger that fail in every way they can.

Each operation is a step. It may fail before it does anything, after part of its work, or after all
of it (the answer is lost); and it may end the invocation at any of these points. A write of vectors
may also get lost on its way, and arrive at any later time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from handler.errors import ServiceUnavailable, SourceChanged, StoreConflict, StoreGone
from handler.ingestion.sources.contract import SourceSnapshot
from handler.stores.contract import Ledger, Match, Record, VectorIndex
from handler.stores.counts import Counts, Status
from handler.stores.filters import Filter
from handler.stores.row import Row
from tests.chaos.scheduler import Clock, Crash, Scheduler

T = TypeVar("T")


@dataclass
class Faults:
    """Makes operations fail, at the rates given."""

    random: Random
    clock: Clock
    scheduler: Scheduler
    unavailable: float = 0.0
    crash: float = 0.0
    lost: float = 0.0  # writes of vectors
    late: list[tuple[float, Callable[[], None]]] = field(default_factory=list)  # with their times

    def run(self, action: Callable[[], T], deadline: float | None = None) -> T:
        self.scheduler.step()
        self.arrive(until=self.clock.time)
        self._strike()
        if deadline is not None and self.clock.time > deadline:
            raise ServiceUnavailable("The deadline has passed.")
        result = action()
        self._strike()
        return result

    def delay(self, action: Callable[[], None]) -> bool:
        """Whether the action is delayed: it is done later, and its answer never arrives."""
        if self.random.random() >= self.lost:
            return False
        seconds = self.random.choice([1, 10, 100, 1_000, 10_000])
        self.late.append((self.clock.time + self.random.uniform(0, seconds), action))
        return True

    def arrive(self, *, until: float) -> None:
        """Do what was delayed until that time."""
        due = [action for time, action in self.late if time <= until]
        self.late = [(time, action) for time, action in self.late if time > until]
        self.random.shuffle(due)
        for action in due:
            action()

    def some(self, items: Sequence[T]) -> Sequence[T]:
        """All of the items, or those done before the operation breaks off."""
        if self.random.random() < self.unavailable + self.crash:
            return items[: self.random.randrange(len(items) + 1)]
        return items

    def _strike(self) -> None:
        chance = self.random.random()
        if chance < self.crash:
            raise Crash
        if chance < self.crash + self.unavailable:
            raise ServiceUnavailable("The service throttles, or is gone.")


class FaultyIndex:
    def __init__(self, store: VectorIndex, faults: Faults) -> None:
        self._store, self._faults = store, faults

    def upsert(self, records: Sequence[Record], *, deadline: float | None = None) -> None:
        self._in_part(self._store.upsert, records, deadline)

    def delete(self, keys: Sequence[str], *, deadline: float | None = None) -> None:
        self._in_part(self._store.delete, keys, deadline)

    def read(self, keys: Sequence[str], *, deadline: float | None = None) -> list[Record]:
        return self._faults.run(lambda: self._store.read(keys), deadline)

    def has_attribute(self, key: str, *, deadline: float | None = None) -> bool:
        raise NotImplementedError("no history calls this")

    def search_vectors(
        self,
        vector: NDArray[np.float32],
        *,
        limit: int,
        where: Filter | None = None,
        deadline: float | None = None,
    ) -> list[Match]:
        raise NotImplementedError("no history calls this")

    def search_text(
        self,
        query: str,
        vector: NDArray[np.float32],
        *,
        limit: int,
        where: Filter | None = None,
        deadline: float | None = None,
    ) -> list[Match]:
        raise NotImplementedError("no history calls this")

    def _in_part(
        self, action: Callable[[Sequence[T]], None], items: Sequence[T], deadline: float | None
    ) -> None:
        def act() -> None:
            part = self._faults.some(items)
            if self._faults.delay(lambda: _unless_gone(action, part)):
                raise ServiceUnavailable("No answer arrived.")
            action(part)
            if len(part) < len(items):
                raise ServiceUnavailable("The operation broke off.")

        self._faults.run(act, deadline)


def _unless_gone(action: Callable[[Sequence[T]], None], items: Sequence[T]) -> None:
    with suppress(StoreGone):
        action(items)


class FaultyLedger:
    def __init__(self, ledger: Ledger, faults: Faults) -> None:
        self._ledger, self._faults = ledger, faults

    def bind(self, fingerprint: str) -> str:
        return self._ledger.bind(fingerprint)

    def get(self, document: str, *, deadline: float | None = None) -> Row | None:
        return self._faults.run(lambda: self._ledger.get(document), deadline)

    def put(self, row: Row, *, deadline: float | None = None) -> Row:
        return self._faults.run(lambda: self._ledger.put(row), deadline)

    def delete(self, row: Row, *, deadline: float | None = None) -> None:
        self._faults.run(lambda: self._ledger.delete(row), deadline)

    def rows(
        self,
        *,
        limit: int,
        after: str | None = None,
        descending: bool = False,
        status: Status | None = None,
    ) -> list[Row]:
        raise NotImplementedError("no history calls this")

    def get_all(
        self, document_ids: Sequence[str], *, deadline: float | None = None
    ) -> dict[str, Row]:
        return self._faults.run(lambda: self._ledger.get_all(document_ids), deadline)

    def put_all(
        self, rows: Sequence[Row], *, deadline: float | None = None
    ) -> list[Row | StoreConflict]:
        def act() -> list[Row | StoreConflict]:
            part = self._faults.some(rows)
            results = self._ledger.put_all(part)
            if len(part) < len(rows):
                raise ServiceUnavailable("The operation broke off.")
            return results

        return self._faults.run(act, deadline)

    def page(
        self,
        *,
        limit: int,
        after: Row | None = None,
        descending: bool = False,
        status: Status | None = None,
        deadline: float | None = None,
    ) -> list[Row]:
        return self._faults.run(
            lambda: self._ledger.page(
                limit=limit, after=after, descending=descending, status=status
            ),
            deadline,
        )

    def removed(self, *, before: float, limit: int) -> list[Row]:
        return self._faults.run(lambda: self._ledger.removed(before=before, limit=limit))

    def counts(self, *, deadline: float | None = None) -> Counts:
        return self._faults.run(self._ledger.counts, deadline)


@dataclass
class Bucket:
    """Objects by source. Every write gives the sequencer of its event."""

    faults: Faults
    contents: dict[str, bytes] = field(default_factory=dict)
    modified: dict[str, float] = field(default_factory=dict)
    metadata: dict[str, dict[str, str]] = field(default_factory=dict)
    sequence: int = 0

    def put(self, source: str, content: bytes, metadata: dict[str, str]) -> str:
        self.contents[source] = content
        self.metadata[source] = metadata
        self.modified[source] = float(self.sequence)
        return self._sequencer()

    def touch(self, source: str, metadata: dict[str, str]) -> str:
        """Write the same content again, as a copy of the object onto itself does."""
        return self.put(source, self.contents[source], metadata)

    def delete(self, source: str) -> str:
        self.contents.pop(source, None)
        return self._sequencer()

    def find(self, source: str, *, deadline: float | None = None) -> SourceSnapshot | None:
        return self.faults.run(lambda: self._find(source), deadline)

    def _find(self, source: str) -> SourceSnapshot | None:
        content = self.contents.get(source)
        if content is None:
            return None

        def read() -> bytes:
            now = self.faults.run(lambda: self.contents.get(source))
            if now != content:
                raise SourceChanged("The object has changed.")
            return now

        return SourceSnapshot(
            etag(content),
            None,
            len(content),
            self.modified[source],
            "text/plain",
            read,
            self.metadata[source],
        )

    def _sequencer(self) -> str:
        self.sequence += 1
        return f"{self.sequence:06X}"


def etag(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
