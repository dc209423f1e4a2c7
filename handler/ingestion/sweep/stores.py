"""Vector stores in the sweep: those whose time is over, and what tasks that were lost left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from handler.errors import StoreConflict, StoreGone
from handler.ingestion.planning import leaves_nothing
from handler.ingestion.sweep.steps import Site, Swept, all_items
from handler.stores.catalog import VectorStoreItem
from handler.stores.contract import Ledger
from handler.stores.removal import take_out
from handler.stores.row import Row
from handler.stores.tasks import ReconcileFile, RemoveStore

STUCK_SECONDS = 900.0  # in progress, without a write of the row: its task may have been lost
TOMBSTONE_SECONDS = 3_600.0  # a client that lists files goes on after one that it has removed
ROWS = 100  # that are read at a time
STUCK_PAGES = 10  # of a store in a sweep: the next one sends more


def sweep_deleted_stores(site: Site, after: str) -> Iterator[tuple[str, Swept]]:
    """Send the tasks of stores that are deleted, and still there; all at once."""
    if after:
        return
    tasks = [RemoveStore(item.id) for item in site.storage.catalog.deleted_stores()]
    site.storage.tasks.send(tasks)
    yield "all", Swept(sent=len(tasks))


def sweep_stores(site: Site, after: str) -> Iterator[tuple[str, Swept]]:
    """Expire stores, delete rows of files that were removed, and send lost tasks again."""
    for page in all_items(site, VectorStoreItem, after):
        for item in page:
            try:
                for swept in _sweep_store(site, item):
                    yield after, swept
            except StoreGone:
                pass
            after = item.id
            yield after, Swept()


def _sweep_store(site: Site, item: VectorStoreItem) -> Iterator[Swept]:
    ledger = site.storage.store(item.id).ledger
    if item.expires is not None and item.expires <= site.now and not item.expired:
        try:  # before its files are taken out, so that no more are attached
            item = site.storage.catalog.put(replace(item, expired=True))
        except StoreConflict:  # somebody uses it
            return
        yield Swept(stores=1)
    if item.expired and item.counts.total:
        for rows in _pages(ledger):
            for row in rows:
                take_out(ledger, row.document_id, now=site.now)
            yield _send(site, item.id, rows)
    elif item.counts.in_progress:
        for rows in islice(_pages(ledger, in_progress=True), STUCK_PAGES):
            yield _send(site, item.id, [row for row in rows if _is_stuck(row, site.now)])
    yield from _delete_removed(site, item.id, ledger)


def _pages(ledger: Ledger, *, in_progress: bool = False) -> Iterator[list[Row]]:
    status, after = "in_progress" if in_progress else None, None
    while rows := ledger.page(limit=ROWS, after=after, status=status):  # type: ignore[arg-type]
        yield rows
        after = rows[-1]


def _is_stuck(row: Row, now: float) -> bool:
    return row.requested is not None and max(row.created, row.updated) + STUCK_SECONDS < now


def _delete_removed(site: Site, store_id: str, ledger: Ledger) -> Iterator[Swept]:
    """Delete rows of files that were removed a while ago, and that the index has nothing of."""
    while rows := ledger.removed(before=site.now - TOMBSTONE_SECONDS, limit=ROWS):
        done = [row for row in rows if leaves_nothing(row)]
        yield _send(site, store_id, [row for row in rows if not leaves_nothing(row)])
        deleted = 0
        for row in done:
            try:
                ledger.delete(row)
                deleted += 1
            except StoreConflict:  # it is attached again
                continue
        yield Swept(rows=deleted)
        if not deleted:  # the others are left to their tasks
            return


def _send(site: Site, store_id: str, rows: Sequence[Row]) -> Swept:
    site.storage.tasks.send([ReconcileFile(store_id, row.document_id) for row in rows])
    return Swept(sent=len(rows))
