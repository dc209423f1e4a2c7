"""Writes of rows, with what they change in the counts, in one transaction of DynamoDB."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

from handler.errors import StoreConflict, StoreGone
from handler.stores.aws.count_items import adding
from handler.stores.aws.keys import Keys, key
from handler.stores.aws.row_items import to_item
from handler.stores.aws.table import Table, expected
from handler.stores.catalog import FileBatch, VectorStoreItem
from handler.stores.counts import CountedWrite, Counts
from handler.stores.row import Row

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

MAX_ROWS = 25  # in a transaction, which takes 4 MB …
MAX_ITEMS = 100  # … and so many items
MAX_BATCHES = MAX_ITEMS - 2  # that a row may be in: beside it, its store is counted
MADE_BY_CATALOG = "attribute_exists(#revision)"
NOT_DELETED = f"{MADE_BY_CATALOG} AND attribute_not_exists(#deleted)"


@dataclass(frozen=True)
class RowWrite:
    """A row to be written or deleted, if the ledger still has its revision."""

    old: Row  # whose revision is expected
    counted: CountedWrite
    is_delete: bool = False


class RowWrites:
    """Writes rows of one store."""

    def __init__(self, table: Table, keys: Keys, store_id: str) -> None:
        self._table, self._keys, self._store_id = table, keys, store_id
        self._partition = keys.rows(store_id)

    @property
    def is_source(self) -> bool:
        """Whether the store is that of the bucket, which the catalog need not have."""
        return self._store_id == self._keys.source

    def make(
        self, writes: Sequence[RowWrite], *, deadline: float | None = None
    ) -> list[StoreConflict | None]:
        """Make writes of different rows, at most MAX_ROWS, without those that conflict.

        For each: None, or why it was not made. Raises StoreGone.
        """
        if len(writes) > 1 and len(writes) + len(_batches(writes)) >= MAX_ITEMS:
            half = len(writes) // 2
            first = self.make(writes[:half], deadline=deadline)
            return first + self.make(writes[half:], deadline=deadline)
        conflicts: dict[int, StoreConflict] = {}
        gone: set[str] = set()  # batches
        for place, one in enumerate(writes):
            if len(one.old.batches) > MAX_BATCHES:
                conflicts[place] = _too_many_batches(one.old)
        while left := [place for place in range(len(writes)) if place not in conflicts]:
            write = uuid.uuid4().hex
            made = [writes[place] for place in left]
            batches = _batches(made, without=gone)
            refused = self._table.transact(
                [
                    *(self._part(one, write) for one in made),
                    self._store_part(made),
                    *(self._batch_part(name, change) for name, change in batches.items()),
                ],
                deadline=deadline,
            )
            # A try whose answer was lost may have made the writes; the retry finds them.
            if refused is None or any(old and old.get("write") == {"S": write} for old in refused):
                break
            rows, (store, *of_batches) = refused[: len(left)], refused[len(left) :]
            if store is not None:
                raise StoreGone(self._store_id)
            for place, old in zip(left, rows, strict=True):
                if old is not None:
                    conflicts[place] = conflict(writes[place].old)
            gone |= {name for name, old in zip(batches, of_batches, strict=True) if old is not None}
        return [conflicts.get(place) for place in range(len(writes))]

    def _part(self, write: RowWrite, name: str) -> TransactWriteItemTypeDef:
        common: dict[str, Any] = {
            "TableName": self._table.name,
            **expected(write.old.revision),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        if write.is_delete:
            row_key = key(self._partition, write.old.document_id)
            return {"Delete": {**common, "Key": row_key}}  # type: ignore[typeddict-item]
        item = to_item(write.counted.row, self._partition, write=name)
        return {"Put": {**common, "Item": item}}  # type: ignore[typeddict-item]

    def _store_part(self, writes: Sequence[RowWrite]) -> TransactWriteItemTypeDef:
        return adding(
            reduce(Counts.__add__, (one.counted.store for one in writes)),
            self._keys.item(VectorStoreItem.kind, self._store_id),
            table=self._table.name,
            condition=None if self.is_source else NOT_DELETED,
        )

    def _batch_part(self, name: str, change: Counts) -> TransactWriteItemTypeDef:
        return adding(
            change,
            self._keys.item(FileBatch.kind, name),
            table=self._table.name,
            condition=MADE_BY_CATALOG,
        )


def _batches(writes: Sequence[RowWrite], without: Collection[str] = ()) -> dict[str, Counts]:
    """What the writes change in the counts of each file batch."""
    found: dict[str, Counts] = {}
    for one in writes:
        for name, change in one.counted.batches.items():
            if name not in without:
                found[name] = found.get(name, Counts()) + change
    return found


def conflict(row: Row) -> StoreConflict:
    """The error of a row that was written by another writer."""
    return StoreConflict(f"The row of {row.document_id} was written by another writer.")


def _too_many_batches(row: Row) -> StoreConflict:
    return StoreConflict(
        f"{row.document_id} is in {len(row.batches)} file batches that are not done; at most "
        f"{MAX_BATCHES} at a time are counted. Wait until some of them are."
    )
