"""A ledger in a DynamoDB table; several stores can share the table.

The table's partition key is `store` (a string, "bucket/index"), its sort key `document` (a
string). An item holds the row as JSON, so that numbers come back unchanged, and beside it the
attributes that conditions use.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from handler.aws.client import AwsClient
from handler.errors import StoreConflict, UnusableStore
from handler.stores.counts import Status
from handler.stores.row import Row
from handler.stores.row_values import MalformedRow

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.type_defs import (
        AttributeValueTypeDef,
        GetItemOutputTypeDef,
        KeysAndAttributesTypeDef,
        QueryOutputTypeDef,
    )


# What `current_generations` asks for of an item.
CURRENT: KeysAndAttributesTypeDef = {
    "Keys": [],
    "ConsistentRead": True,
    "ProjectionExpression": "#document, #status, #current",
    "ExpressionAttributeNames": {
        "#document": "document",
        "#status": "status",
        "#current": "current",
    },
}


class DynamoDBLedger:
    """See `contract.Ledger`."""

    def __init__(self, client: AwsClient, *, table: str, store: str) -> None:
        self._client, self._table, self._store = client, {"TableName": table}, store

    def bind(self, fingerprint: str) -> str:
        # In a partition of its own: the store's has only rows.
        key: dict[str, AttributeValueTypeDef] = {
            "store": {"S": f"{self._store}#space"},
            "document": {"S": "fingerprint"},
        }
        old = self._put({**key, "fingerprint": {"S": fingerprint}}, revision=0)
        return fingerprint if old is None else str(old["fingerprint"]["S"])

    def get(self, document_id: str, *, deadline: float | None = None) -> Row | None:
        answer: GetItemOutputTypeDef = self._client.call(
            "get_item",
            **self._table,
            Key=self._key(document_id),
            ConsistentRead=True,
            deadline=deadline,
        )
        return self._row(answer["Item"]) if "Item" in answer else None

    def current_generations(
        self, document_ids: Iterable[str], *, deadline: float | None = None
    ) -> dict[str, str]:
        """The current generations of those documents (at most 100) that have one."""
        keys = [self._key(document_id) for document_id in document_ids]
        found: dict[str, str] = {}
        table = self._table["TableName"]

        def ask(client: DynamoDBClient) -> None:
            answer = client.batch_get_item(RequestItems={table: {**CURRENT, "Keys": keys}})
            for item in answer["Responses"].get(table, []):
                if (generation := _current(item)) is not None:
                    found[item["document"]["S"]] = generation
            # Only what was throttled, or did not fit the answer, is asked for again.
            keys[:] = answer.get("UnprocessedKeys", {}).get(table, {"Keys": []})["Keys"]
            if keys:
                about: Any = {"Error": {"Code": "ProvisionedThroughputExceededException"}}
                raise ClientError(about, "BatchGetItem")

        if keys:
            self._client.attempt("batch_get_item", ask, deadline=deadline)
        return found

    def put(self, row: Row, *, deadline: float | None = None) -> Row:
        written = row.rewritten()
        write = uuid.uuid4().hex
        item: dict[str, AttributeValueTypeDef] = {
            **self._key(row.document_id),
            "revision": {"N": str(written.revision)},
            "status": {"S": row.status},
            "current": {"NULL": True} if row.current is None else {"S": row.current},
            "row": {"S": written.to_json().decode()},
            "write": {"S": write},
        }
        old = self._put(item, revision=row.revision, deadline=deadline)
        # A try whose answer was lost may have written the row; the retry finds its own write.
        if old is not None and old.get("write") != {"S": write}:
            raise _conflict(row)
        return written

    def delete(self, row: Row, *, deadline: float | None = None) -> None:
        try:
            self._client.call(
                "delete_item",
                **self._table,
                Key=self._key(row.document_id),
                **_condition(row.revision),
                deadline=deadline,
            )
        except ClientError as error:
            if not _is_conflict(error):
                raise
            raise _conflict(row) from error

    def rows(
        self,
        *,
        limit: int,
        after: str | None = None,
        descending: bool = False,
        status: Status | None = None,
    ) -> list[Row]:
        condition, values = "#store = :store", {":store": {"S": self._store}}
        names = {"#store": "store"}
        if after is not None:
            condition += f" AND #document {'<' if descending else '>'} :after"
            names["#document"] = "document"
            values[":after"] = {"S": after}
        parameters: dict[str, Any] = {
            **self._table,
            "KeyConditionExpression": condition,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
            "ScanIndexForward": not descending,
            "ConsistentRead": True,
            "Limit": limit,
        }
        if status is not None:
            parameters["FilterExpression"] = "#status = :status"
            names["#status"] = "status"
            values[":status"] = {"S": status}
        found: list[Row] = []
        while True:
            # The filter applies after the page is read, so a page can come back empty.
            page: QueryOutputTypeDef = self._client.call("query", **parameters)
            found += [self._row(item) for item in page["Items"]]
            if len(found) >= limit or "LastEvaluatedKey" not in page:
                return found[:limit]
            parameters["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def _key(self, document_id: str) -> dict[str, AttributeValueTypeDef]:
        return {"store": {"S": self._store}, "document": {"S": document_id}}

    def _row(self, item: Mapping[str, AttributeValueTypeDef]) -> Row:
        try:
            return Row.from_json(item["row"]["S"])
        except (MalformedRow, KeyError) as error:
            document, table = item["document"].get("S"), self._table["TableName"]
            raise UnusableStore(
                f"The vector store's ledger, the table {table}, is damaged at {document}: {error}. "
                "Delete that item, and write the document again.",
                place=table,
            ) from error

    def _put(
        self,
        item: dict[str, AttributeValueTypeDef],
        *,
        revision: int,
        deadline: float | None = None,
    ) -> dict[str, AttributeValueTypeDef] | None:
        """Write `item` if the table has this revision of it. Returns None, or else the old item."""
        try:
            self._client.call(
                "put_item",
                **self._table,
                Item=item,
                **_condition(revision),
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                deadline=deadline,
            )
        except ClientError as error:
            if not _is_conflict(error):
                raise
            response: dict[str, Any] = {**error.response}  # the stub has no Item
            old: dict[str, AttributeValueTypeDef] = response.get("Item", {})
            return old
        return None


def _current(item: Mapping[str, AttributeValueTypeDef]) -> str | None:
    if "current" in item:
        return item["current"].get("S")
    # Version 0.1 wrote keys without a generation; see `Row.from_json`.
    return "" if item["status"]["S"] == "completed" else None


def _condition(revision: int) -> dict[str, Any]:
    """The condition that the table has this revision of the item; 0: no such item."""
    if revision == 0:
        return {
            "ConditionExpression": "attribute_not_exists(#document)",
            "ExpressionAttributeNames": {"#document": "document"},
        }
    return {
        "ConditionExpression": "#revision = :revision",
        "ExpressionAttributeNames": {"#revision": "revision"},
        "ExpressionAttributeValues": {":revision": {"N": str(revision)}},
    }


def _is_conflict(error: ClientError) -> bool:
    return error.response["Error"]["Code"] == "ConditionalCheckFailedException"


def _conflict(row: Row) -> StoreConflict:
    return StoreConflict(f"The row of {row.document_id} was written by another writer.")
