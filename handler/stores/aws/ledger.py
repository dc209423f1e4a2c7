"""The ledger of a store in the DynamoDB table.

A write that changes the counts is a transaction with them; one that does not, such as the renewal
of a lease, is a plain write. A new row always changes them, so a store that is deleted gets none.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from handler.errors import StoreConflict, UnusableStore
from handler.stores.aws.count_items import to_counts
from handler.stores.aws.keys import Keys, key
from handler.stores.aws.query import Query
from handler.stores.aws.row_items import (
    AFTER_LISTED,
    BEFORE_LISTED,
    REMOVED,
    current_generation,
    listed_place,
    removed_place,
    to_item,
    to_row,
)
from handler.stores.aws.row_writes import MAX_ROWS, RowWrite, RowWrites, conflict
from handler.stores.aws.table import MAX_DELETED, MAX_READ, Table, is_over
from handler.stores.catalog import VectorStoreItem
from handler.stores.counts import Counts, Status, count_delete, count_write
from handler.stores.row import Row
from handler.stores.row_values import MalformedRow

CURRENT = ("document", "status", "current")


class DynamoDBLedger:
    """See `contract.Ledger`."""

    def __init__(self, table: Table, keys: Keys, store_id: str) -> None:
        self._table, self._keys, self._store_id = table, keys, store_id
        self._partition = keys.rows(store_id)
        self._writes = RowWrites(table, keys, store_id)

    def bind(self, fingerprint: str) -> str:
        item: Any = {**self._keys.noted("fingerprint"), "fingerprint": {"S": fingerprint}}
        old = self._table.put(item, revision=0)
        return fingerprint if old is None else str(old["fingerprint"]["S"])

    def get(self, document_id: str, *, deadline: float | None = None) -> Row | None:
        item = self._table.get(key(self._partition, document_id), deadline=deadline)
        return None if item is None else to_row(item, self._table.name)

    def get_all(
        self, document_ids: Sequence[str], *, deadline: float | None = None
    ) -> dict[str, Row]:
        keys = [key(self._partition, document_id) for document_id in document_ids]
        rows = (
            to_row(item, self._table.name) for item in self._table.get_all(keys, deadline=deadline)
        )
        return {row.document_id: row for row in rows}

    def current_generations(
        self, document_ids: Iterable[str], *, deadline: float | None = None
    ) -> dict[str, str]:
        """The current generations of those documents that have one."""
        keys = [key(self._partition, document_id) for document_id in document_ids]
        return {
            item["document"]["S"]: generation
            for item in self._table.get_all(keys, only=CURRENT, deadline=deadline)
            if (generation := current_generation(item)) is not None
        }

    def put(self, row: Row, *, deadline: float | None = None) -> Row:
        (result,) = self.put_all([row], deadline=deadline)
        if isinstance(result, StoreConflict):
            raise result
        return result

    def put_all(
        self, rows: Sequence[Row], *, deadline: float | None = None
    ) -> list[Row | StoreConflict]:
        writes = [RowWrite(row, count_write(row)) for row in rows]
        if len(writes) == 1 and self._is_plain(writes[0]):
            return [self._put_plain(writes[0], deadline)]
        results: list[Row | StoreConflict] = []
        for start in range(0, len(writes), MAX_ROWS):
            group = writes[start : start + MAX_ROWS]
            conflicts = self._writes.make(group, deadline=deadline)
            results += [
                failed or one.counted.row for failed, one in zip(conflicts, group, strict=True)
            ]
        return results

    def _is_plain(self, write: RowWrite) -> bool:
        """Whether the write changes no counts, and needs not look whether there is the store."""
        is_new = write.old.revision == 0 and not self._writes.is_source
        return not (write.counted.store or write.counted.batches or is_new)

    def _put_plain(self, write: RowWrite, deadline: float | None) -> Row | StoreConflict:
        name = uuid.uuid4().hex
        item = to_item(write.counted.row, self._partition, write=name)
        old = self._table.put(item, revision=write.old.revision, deadline=deadline)
        # A try whose answer was lost may have written the row; the retry finds its own write.
        is_written = old is None or old.get("write") == {"S": name}
        return write.counted.row if is_written else conflict(write.old)

    def delete(self, row: Row, *, deadline: float | None = None) -> None:
        write = RowWrite(row, count_delete(row), is_delete=True)
        if write.counted.store or write.counted.batches:
            (failed,) = self._writes.make([write], deadline=deadline)
            if failed:
                raise failed
            return
        row_key = key(self._partition, row.document_id)
        if not self._table.delete(row_key, revision=row.revision, deadline=deadline):
            raise conflict(row)

    def rows(self, *, limit: int, after: str | None = None) -> list[Row]:
        query = Query(self._partition, low=after, limit=limit)
        return [to_row(item, self._table.name) for item in islice(self._table.query(query), limit)]

    def page(
        self,
        *,
        limit: int,
        after: Row | None = None,
        descending: bool = False,
        status: Status | None = None,
        deadline: float | None = None,
    ) -> list[Row]:
        place = None if after is None else listed_place(after)
        query = Query(
            self._partition,
            index="by-creation",
            low=BEFORE_LISTED if descending or place is None else place,
            high=place if descending and place is not None else AFTER_LISTED,
            descending=descending,
            limit=limit,
            where=("status", status) if status else None,
        )
        rows = (
            row
            for row in self._indexed(query, deadline)
            if not row.removed and status in (None, row.status)
        )
        return list(islice(rows, limit))

    def removed(self, *, before: float, limit: int) -> list[Row]:
        query = Query(
            self._partition,
            index="by-creation",
            low=REMOVED,
            high=removed_place(before),
            limit=limit,
        )
        rows = (row for row in self._indexed(query, None) if 0 < row.removed < before)
        return list(islice(rows, limit))

    def _indexed(self, query: Query, deadline: float | None) -> Iterator[Row]:
        """The rows that an index has, in its order, as the table has them now."""
        items = self._table.query(query, deadline=deadline)
        size = min(query.limit or MAX_READ, MAX_READ)
        while ids := [item["document"]["S"] for item in islice(items, size)]:
            rows = self.get_all(ids, deadline=deadline)
            yield from (rows[one] for one in ids if one in rows)

    def counts(self, *, deadline: float | None = None) -> Counts:
        item = self._table.get(
            self._keys.item(VectorStoreItem.kind, self._store_id), deadline=deadline
        )
        try:
            return to_counts(item or {})
        except MalformedRow as error:
            raise UnusableStore(
                f"The catalog, the table {self._table.name}, is damaged at {self._store_id}: "
                f"{error}. Correct that item.",
                place=self._table.name,
            ) from error

    def drop(self, *, deadline: float | None = None) -> bool:
        """Delete all rows, without counting. False if the time is up before."""
        query = Query(self._partition, only=("store", "document"))
        items = (
            key(self._partition, item["document"]["S"])
            for item in self._table.query(query, deadline=deadline)
        )
        while keys := list(islice(items, MAX_DELETED)):
            if is_over(deadline):
                return False
            self._table.delete_all(keys, deadline=deadline)
        return True
