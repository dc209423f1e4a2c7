"""A storage whose every operation may fail, in each of the ways that `faults` knows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from handler.stores.contract import Ledger, Storage, Store
from handler.stores.row import Row
from tests.chaos.faults import Faults, FaultyIndex, FaultyLedger


class Faulty:
    """Passes each call on, as a step that may fail before it or after it."""

    def __init__(self, inner: Any, faults: Faults) -> None:
        self._inner, self._faults = inner, faults

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)

        def call(*values: Any, deadline: float | None = None, **named: Any) -> Any:
            def act() -> Any:
                done = method(*values, **named)
                return list(done) if isinstance(done, Iterator) else done

            return self._faults.run(act, deadline)

        return call


class WorkersLedger:
    """A ledger that the work behind the API writes: it does not change what the API asked for."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    def put(self, row: Row, *, deadline: float | None = None) -> Row:
        old = self._ledger.get(row.document_id)
        written = self._ledger.put(row)
        assert old is not None, f"a row was made: {row}"
        assert asked_for(old) == asked_for(row), f"{old} was overwritten: {row}"
        assert old.removed in (0.0, row.removed), f"it came back: {row}"
        if old.status in ("cancelled", "failed"):
            assert row.status == old.status, f"it was tried again: {row}"
        return written

    def delete(self, row: Row, *, deadline: float | None = None) -> None:
        assert row.removed, f"a row was deleted: {row}"
        self._ledger.delete(row)


def asked_for(row: Row) -> tuple[object, ...]:
    """What only the API may change."""
    return row.requested, row.chunk_tokens, row.chunk_overlap, row.created


class FaultyStorage:
    """See `contract.Storage`. Tasks are sent to `tasks`, and not to the storage's own queue."""

    def __init__(
        self, inner: Storage, faults: Faults, tasks: Any, *, of_workers: bool = False
    ) -> None:
        self._inner, self._faults, self._of_workers = inner, faults, of_workers
        self.source_store_id = inner.source_store_id
        self.catalog: Any = Faulty(inner.catalog, faults)
        self.blobs: Any = Faulty(inner.blobs, faults)
        self.tasks: Any = Faulty(tasks, faults)

    def store(self, store_id: str) -> Store:
        store = self._inner.store(store_id)
        ledger: Any = WorkersLedger(store.ledger) if self._of_workers else store.ledger
        index = FaultyIndex(store.index, self._faults)
        return Store(store.id, index, FaultyLedger(ledger, self._faults))

    def drop_vectors(self, store_id: str, *, deadline: float | None = None) -> None:
        self._faults.run(lambda: self._inner.drop_vectors(store_id), deadline)

    def drop_rows(self, store_id: str, *, deadline: float | None = None) -> bool:
        return self._faults.run(lambda: self._inner.drop_rows(store_id), deadline)
