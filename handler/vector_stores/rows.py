"""The row of a file in a vector store: found, and changed whatever others change in it."""

from __future__ import annotations

import time
from collections.abc import Callable

from handler.errors import NotFound
from handler.objects.configured_storage import reached
from handler.objects.pagination import Page
from handler.request_context import RequestContext
from handler.stores.compare_and_set import change_rows
from handler.stores.contract import Ledger, Storage, Store
from handler.stores.ids import is_id
from handler.stores.row import Row
from handler.vector_stores.listing import read_list
from handler.vector_stores.store_list import unknown_place

SETTLE_SECONDS, SETTLE_PAUSE = 2.0, 0.02
# A queue that answers sooner has its worker beside the server, so waiting for it is worth it.
QUICK_QUEUE_MS = 1_000


def find_row(store: Store, file_id: str) -> Row:
    """The row of a file that is in the store. Raises NotFound."""
    with reached():
        row = store.ledger.get(file_id) if is_id(file_id) else None
    if row is None or row.removed:
        raise not_in_store(store, file_id)
    return row


def not_in_store(store: Store, file_id: str) -> NotFound:
    """The error of a file that is not in the store."""
    return NotFound(
        f"The file '{file_id[:100]}' is not in the vector store '{store.id}'.",
        param="file_id",
        code="file_not_found",
    )


def change_row(store: Store, file_id: str, change: Callable[[Row], Row]) -> Row:
    """Write the row of a file as `change` makes it. Returns the row that there is then.

    Raises NotFound if the file is not in the store, or the store was deleted.
    """

    def changed(_: str, row: Row | None) -> Row:
        if row is None or row.removed:
            raise not_in_store(store, file_id)
        return change(row)

    if not is_id(file_id):
        raise not_in_store(store, file_id)
    with reached():
        return change_rows(store.ledger, [file_id], changed)[file_id]


def settled(storage: Storage, store: Store, row: Row, context: RequestContext) -> Row:
    """The row once it is no longer in progress, if that is soon; else as it is then."""
    if storage.tasks.poll_after_ms >= QUICK_QUEUE_MS:
        return row
    until = time.monotonic() + SETTLE_SECONDS
    while row.status == "in_progress" and time.monotonic() < until and not context.is_cancelled():
        time.sleep(SETTLE_PAUSE)
        row = find_row(store, row.document_id)
    return row


def page_of_rows(ledger: Ledger, page: Page) -> tuple[list[Row], bool]:
    """The rows of a page, in the order in which they came into the store; whether there are more.

    Raises InvalidRequest if it is to begin or end at a file that was never in the store.
    """

    def fetch(after: Row | None, *, descending: bool, limit: int) -> list[Row]:
        return ledger.page(limit=limit, after=after, descending=descending, status=page.status)

    def place(file_id: str | None, param: str) -> Row | None:
        row = ledger.get(file_id) if file_id and is_id(file_id) else None
        if file_id and row is None:
            raise unknown_place(file_id, param, "file")
        return row

    after, before = place(page.after, "after"), place(page.before, "before")
    return read_list(fetch, page, after=after, before=before, key=by_creation)


def by_creation(row: Row) -> tuple[float, str]:
    """What rows are listed by."""
    return row.created, row.document_id
