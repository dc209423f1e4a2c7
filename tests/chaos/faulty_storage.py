"""A storage whose every operation may fail, in each of the ways that `faults` knows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from handler.stores.contract import Storage, Store
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


class FaultyStorage:
    """See `contract.Storage`. Tasks are sent to `tasks`, and not to the storage's own queue."""

    def __init__(self, inner: Storage, faults: Faults, tasks: Any) -> None:
        self._inner, self._faults = inner, faults
        self.source_store_id = inner.source_store_id
        self.catalog: Any = Faulty(inner.catalog, faults)
        self.blobs: Any = Faulty(inner.blobs, faults)
        self.tasks: Any = Faulty(tasks, faults)

    def store(self, store_id: str) -> Store:
        store = self._inner.store(store_id)
        index, ledger = (
            FaultyIndex(store.index, self._faults),
            FaultyLedger(store.ledger, self._faults),
        )
        return Store(store.id, index, ledger)

    def drop_vectors(self, store_id: str, *, deadline: float | None = None) -> None:
        self._faults.run(lambda: self._inner.drop_vectors(store_id), deadline)

    def drop_rows(self, store_id: str, *, deadline: float | None = None) -> bool:
        return self._faults.run(lambda: self._inner.drop_rows(store_id), deadline)
