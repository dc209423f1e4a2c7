"""The catalog in the DynamoDB table: items as JSON, with their revisions and counts beside them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from handler.errors import StoreConflict, UnusableStore
from handler.stores.aws.count_items import to_counts
from handler.stores.aws.keys import Keys
from handler.stores.aws.query import Query
from handler.stores.aws.table import Table
from handler.stores.catalog import CatalogItem, FileBatch, Item, VectorStoreItem
from handler.stores.row_values import MalformedRow

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef

    TableItem = Mapping[str, AttributeValueTypeDef]


class DynamoDBCatalog:
    """See `catalog.Catalog`. `stores_with` may miss a row that was written a moment ago."""

    def __init__(self, table: Table, keys: Keys) -> None:
        self._table, self._keys = table, keys

    def get(self, kind: type[Item], item_id: str, *, deadline: float | None = None) -> Item | None:
        found = self._table.get(self._keys.item(kind.kind, item_id), deadline=deadline)
        return self._read(kind, item_id, found)

    def get_all(
        self, kind: type[Item], item_ids: Sequence[str], *, deadline: float | None = None
    ) -> dict[str, Item]:
        keys = {one: self._keys.item(kind.kind, one) for one in item_ids}
        found = {
            (item["store"]["S"], item["document"]["S"]): item
            for item in self._table.get_all(list(keys.values()), deadline=deadline)
        }
        read = (
            self._read(kind, one, found.get((key["store"]["S"], key["document"]["S"])))
            for one, key in keys.items()
        )
        return {item.id: item for item in read if item is not None}

    def put(self, item: Item, *, deadline: float | None = None) -> Item:
        written = replace(item, revision=item.revision + 1)
        write = uuid.uuid4().hex
        # Not as a whole: the counts beside it stay as they are.
        values: dict[str, Any] = {
            "item": {"S": written.to_json().decode()},
            "revision": {"N": str(written.revision)},
            "write": {"S": write},
        }
        removed = ""
        if isinstance(item, VectorStoreItem) and item.deleted:
            values["deleted"] = {"BOOL": True}
        else:
            removed = " REMOVE #deleted"
        old = self._table.update(
            {
                "Key": self._keys.item(item.kind, item.id),
                "UpdateExpression": "SET "
                + ", ".join(f"#{name} = :{name}" for name in values)
                + removed,
                "ConditionExpression": "#revision = :old"
                if item.revision
                else "attribute_not_exists(#revision)",
                "ExpressionAttributeNames": {f"#{name}": name for name in (*values, "deleted")},
                "ExpressionAttributeValues": {f":{name}": value for name, value in values.items()}
                | ({":old": {"N": str(item.revision)}} if item.revision else {}),
            },
            deadline=deadline,
        )
        # A try whose answer was lost may have written the item; the retry finds its own write.
        if old is not None and old.get("write") != {"S": write}:
            raise StoreConflict(f"The item {item.id} was written by another writer.")
        return written

    def delete(self, item: CatalogItem, *, deadline: float | None = None) -> None:
        self._table.delete(self._keys.item(item.kind, item.id), deadline=deadline)

    def page(
        self,
        kind: type[Item],
        *,
        limit: int,
        after: str | None = None,
        descending: bool = False,
        deadline: float | None = None,
    ) -> list[Item]:
        query = Query(
            self._keys.items(kind.kind),
            low=None if descending else after,
            high=after if descending else None,
            descending=descending,
            limit=limit,
            where=("deleted", False) if kind is VectorStoreItem else None,
        )
        return self._items(kind, query, limit, deadline)

    def deleted_stores(self, *, deadline: float | None = None) -> list[VectorStoreItem]:
        query = Query(self._keys.items(VectorStoreItem.kind), where=("deleted", True))
        return self._items(VectorStoreItem, query, None, deadline)

    def stores_with(self, file_id: str, *, deadline: float | None = None) -> list[str]:
        query = Query(file_id, index="by-document", only=("store",))
        found = self._table.query(query, deadline=deadline)
        stores = (self._keys.store_of(item["store"]["S"]) for item in found)
        return [store for store in stores if store is not None]

    def _items(
        self, kind: type[Item], query: Query, limit: int | None, deadline: float | None
    ) -> list[Item]:
        found = islice(self._table.query(query, deadline=deadline), limit)
        read = (self._read(kind, one["document"]["S"], one) for one in found)
        return [item for item in read if item is not None]

    def _read(self, kind: type[Item], item_id: str, found: TableItem | None) -> Item | None:
        is_source = kind is VectorStoreItem and item_id == self._keys.source
        try:
            counts = None
            if issubclass(kind, VectorStoreItem | FileBatch):
                counts = to_counts(found or {})
            if is_source and (found is None or "item" not in found):  # it only counts
                return kind(id=item_id, created=0.0, counts=counts)  # type: ignore[call-arg]
            if found is None:
                return None
            revision = int(found["revision"]["N"])
            return kind.from_json(found["item"]["S"], revision=revision, counts=counts)
        except (MalformedRow, KeyError, ValueError) as error:
            raise UnusableStore(
                f"The catalog, the table {self._table.name}, is damaged at {item_id}: {error}. "
                "Delete that item, and make what it was again.",
                place=self._table.name,
            ) from error
