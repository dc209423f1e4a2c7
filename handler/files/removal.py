"""Take a file out of every vector store that it is attached to."""

from __future__ import annotations

from dataclasses import replace

from handler.errors import StoreConflict, StoreGone
from handler.stores.contract import Ledger, Storage
from handler.stores.tasks import ReconcileFile

TRIES = 10  # of a write that others are faster than: a worker writes a row a few times a second


def remove_everywhere(storage: Storage, file_id: str, *, now: float) -> None:
    """Take the file out: from now on, no search finds it, and no list has it.

    Its vectors are deleted later. Raises StoreConflict if others write its rows all the time.
    """
    stores = storage.catalog.stores_with(file_id)
    removed = [one for one in stores if _remove(storage.store(one).ledger, file_id, now=now)]
    storage.tasks.send([ReconcileFile(one, file_id) for one in removed])


def _remove(ledger: Ledger, file_id: str, *, now: float) -> bool:
    """Whether the ledger has a row of the file, which is then removed."""
    for _ in range(TRIES):
        row = ledger.get(file_id)
        if row is None:
            return False
        if row.removed:
            return True
        try:
            ledger.put(replace(row, removed=now, current=None))
            return True
        except StoreGone:
            return False
        except StoreConflict:
            continue
    raise StoreConflict(f"The row of {file_id} is written by others all the time.")
