"""Files that are taken out of stores, or deleted: what is written at once.

Tasks, which are sent here or must follow, delete the vectors and then the rows.
"""

from __future__ import annotations

from dataclasses import replace

from handler.errors import StoreGone
from handler.stores.catalog import StoredFile, blob_of
from handler.stores.compare_and_set import change_rows
from handler.stores.contract import Ledger, Storage
from handler.stores.row import Row
from handler.stores.tasks import ReconcileFile


def take_out(
    ledger: Ledger, document_id: str, *, now: float, deadline: float | None = None
) -> Row | None:
    """Take a file out of a store: searches, lists and counts leave it out. A task must follow.

    now: seconds since 1970. Returns the row as it was written; None if the store has no such file.
    Raises StoreConflict if the row keeps changing, and StoreGone.
    """

    def removed(_: str, row: Row | None) -> Row | None:
        if row is None or row.removed or row.requested is None:
            return None
        return replace(row, removed=now, current=None, updated=now)

    return change_rows(ledger, [document_id], removed, deadline=deadline).get(document_id)


def take_out_of_all(
    storage: Storage, file_id: str, *, now: float, deadline: float | None = None
) -> None:
    """Take a file out of every store, and send the tasks that follow."""
    tasks, queue = [], storage.tasks  # which a deployment may lack: before anything is written
    for store_id in storage.catalog.stores_with(file_id, deadline=deadline):
        try:
            take_out(storage.store(store_id).ledger, file_id, now=now, deadline=deadline)
        except StoreGone:
            continue
        # Even if it was out: the task for it may have been lost.
        tasks.append(ReconcileFile(store_id, file_id))
    queue.send(tasks, deadline=deadline)


def delete_file(
    storage: Storage, file: StoredFile, *, now: float, deadline: float | None = None
) -> None:
    """Delete a file, and take it out of every store. Done twice, it does no harm."""
    take_out_of_all(storage, file.id, now=now, deadline=deadline)
    storage.catalog.delete(file, deadline=deadline)
    # It may have been attached meanwhile. Later it cannot be: the catalog does not have it.
    take_out_of_all(storage, file.id, now=now, deadline=deadline)
    storage.blobs.delete([blob_of(file.id)])
