"""Writes by compare-and-set, tried again if another writer was faster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from handler.errors import StoreConflict
from handler.stores.contract import Ledger
from handler.stores.row import Row

TRIES = 10

T = TypeVar("T")


def until_written(write: Callable[[], T]) -> T:
    """What `write` returns. It must read what it changes: each try begins with what is there then.

    Raises StoreConflict if other writers were faster each time, and what else `write` raises.
    """
    for _ in range(TRIES - 1):
        try:
            return write()
        except StoreConflict:
            continue
    return write()


def change_rows(
    ledger: Ledger,
    document_ids: Sequence[str],
    change: Callable[[str, Row | None], Row | None],
    *,
    deadline: float | None = None,
) -> dict[str, Row]:
    """Write rows as `change` makes them. Returns those that it made, as the ledger has them now.

    change: given a document's id and its row, if it has one. None leaves the row as it is, and so
    does the same row, which is returned. Raises what `until_written` and the ledger raise.
    """
    done: dict[str, Row] = {}
    left = list(document_ids)

    def write() -> None:
        known = ledger.get_all(left, deadline=deadline)
        rows = {one: row for one in left if (row := change(one, known.get(one)))}
        changed = [row for one, row in rows.items() if row != known.get(one)]
        results = ledger.put_all(changed, deadline=deadline) if changed else []
        for row, result in zip(changed, results, strict=True):
            if isinstance(result, StoreConflict):
                del rows[row.document_id]
            else:
                rows[row.document_id] = result
        done.update(rows)
        conflicts = [result for result in results if isinstance(result, StoreConflict)]
        left[:] = [row.document_id for row in changed if row.document_id not in rows]
        if conflicts:
            raise conflicts[0]

    until_written(write)
    return done
