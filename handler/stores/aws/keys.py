"""The keys of the DynamoDB table's items: those of ledgers' rows, and those of the catalog.

The partition key is `store`, the sort key `document` (both strings). Several deployments may share
a table, so all partitions begin with the name of the vector bucket:

bucket/index               the rows of the bucket's store, by document id
bucket/vs_…                the rows of a store that was made through the API
bucket#kind                the catalog's items of a kind, by id
bucket/index#space         what is noted of the bucket's store: its model, and its counts
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handler.stores.catalog import VectorStoreItem

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef

    Key = dict[str, AttributeValueTypeDef]


@dataclass(frozen=True)
class Keys:
    """The keys of what belongs to a vector bucket."""

    bucket: str
    source: str  # the id of the bucket's store: the name of its index

    def rows(self, store_id: str) -> str:
        """The partition of a store's rows."""
        return f"{self.bucket}/{store_id}"

    def store_of(self, partition: str) -> str | None:
        """The id of the store whose rows are in the partition; None if it has none of ours."""
        store_id = partition.removeprefix(f"{self.bucket}/")
        is_ours = store_id != partition and "#" not in store_id
        # The name of an index cannot begin as the ids of the others do: it has no underscores.
        is_known = store_id == self.source or store_id.startswith(VectorStoreItem.prefix)
        return store_id if is_ours and is_known else None

    def items(self, kind: str) -> str:
        """The partition of the catalog's items of a kind."""
        return f"{self.bucket}#{kind}"

    def item(self, kind: str, item_id: str) -> Key:
        """Of an item of the catalog. The bucket's store is not among the others."""
        if kind == VectorStoreItem.kind and item_id == self.source:
            return self.noted(kind)
        return key(self.items(kind), item_id)

    def noted(self, name: str) -> Key:
        """Of what is noted of the bucket's store."""
        return key(f"{self.rows(self.source)}#space", name)


def key(partition: str, sort: str) -> Key:
    """In DynamoDB's shape."""
    return {"store": {"S": partition}, "document": {"S": sort}}
