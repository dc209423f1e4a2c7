"""The DynamoDB table: reads, conditional writes and transactions, in batches as large as allowed.

Its keys are in `keys`, its indexes in `query`.
(docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html)
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from handler.aws.client import AwsClient
from handler.stores.aws.query import SORTED, Query

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.type_defs import (
        AttributeValueTypeDef,
        GetItemOutputTypeDef,
        QueryOutputTypeDef,
        TransactWriteItemTypeDef,
    )

    from handler.stores.aws.keys import Key

    TableItem = Mapping[str, AttributeValueTypeDef]

MAX_READ = 100  # items that BatchGetItem reads
MAX_DELETED = 25  # that BatchWriteItem deletes
CONFLICT = "ConditionalCheckFailed"


class Table:
    """See above. Thread-safe. Every method raises as `AwsClient.attempt` does."""

    def __init__(self, client: AwsClient, name: str) -> None:
        self._client, self.name = client, name

    def get(self, key: Key, *, deadline: float | None = None) -> TableItem | None:
        """The item, as the last write left it."""
        answer: GetItemOutputTypeDef = self._client.call(
            "get_item", TableName=self.name, Key=key, ConsistentRead=True, deadline=deadline
        )
        return answer.get("Item")

    def get_all(
        self, keys: Sequence[Key], *, only: Sequence[str] = (), deadline: float | None = None
    ) -> Iterator[TableItem]:
        """Those of the items that there are, in any order. only: attributes; none: all."""
        distinct = list({str(key): key for key in keys}.values())
        for start in range(0, len(distinct), MAX_READ):
            yield from self._get_batch(distinct[start : start + MAX_READ], only, deadline)

    def _get_batch(
        self, keys: list[Key], only: Sequence[str], deadline: float | None
    ) -> list[TableItem]:
        names = {f"#only{place}": name for place, name in enumerate(only)}
        projection: Any = {
            "ProjectionExpression": ", ".join(names),
            "ExpressionAttributeNames": names,
        }
        found: list[TableItem] = []

        def ask(client: DynamoDBClient) -> None:
            wanted: Any = {"Keys": keys, "ConsistentRead": True, **(projection if only else {})}
            answer = client.batch_get_item(RequestItems={self.name: wanted})
            found.extend(answer["Responses"].get(self.name, []))
            # Only what was throttled, or did not fit the answer, is asked for again.
            left: Any = answer.get("UnprocessedKeys", {}).get(self.name, {"Keys": []})["Keys"]
            keys[:] = left
            if keys:
                raise _throttled("BatchGetItem")

        self._client.attempt("batch_get_item", ask, deadline=deadline)
        return found

    def query(self, query: Query, *, deadline: float | None = None) -> Iterator[TableItem]:
        """The items, read page by page as they are asked for."""
        parameters = {"TableName": self.name, **query.to_parameters()}
        sort = SORTED[query.index][1]
        while True:
            # The filter applies after the page is read, so a page can come back empty.
            page: QueryOutputTypeDef = self._client.call("query", **parameters, deadline=deadline)
            for item in page["Items"]:
                if sort not in item or item[sort].get("S") not in (query.low, query.high):
                    yield item
            if "LastEvaluatedKey" not in page:
                return
            parameters["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def put(
        self, item: TableItem, *, revision: int, deadline: float | None = None
    ) -> TableItem | None:
        """Write `item` if the table has this revision of it (0: none). Else returns the old item.

        The old item is empty if there is none.
        """
        try:
            self._client.call(
                "put_item",
                TableName=self.name,
                Item=item,
                **expected(revision),
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                deadline=deadline,
            )
        except ClientError as error:
            return _old(error)
        return None

    def update(
        self, parameters: Mapping[str, Any], *, deadline: float | None = None
    ) -> TableItem | None:
        """Change an item. Returns the old item, as `put` does, if the condition does not hold."""
        try:
            self._client.call(
                "update_item",
                TableName=self.name,
                **parameters,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                deadline=deadline,
            )
        except ClientError as error:
            return _old(error)
        return None

    def delete(
        self, key: Key, *, revision: int | None = None, deadline: float | None = None
    ) -> bool:
        """Delete the item. False if the table does not have this revision of it (None: any)."""
        condition = {} if revision is None else expected(revision)
        try:
            self._client.call(
                "delete_item", TableName=self.name, Key=key, **condition, deadline=deadline
            )
        except ClientError as error:
            _old(error)
            return False
        return True

    def delete_all(self, keys: Sequence[Key], *, deadline: float | None = None) -> None:
        """Delete items, at most MAX_DELETED."""
        requests: list[Any] = [{"DeleteRequest": {"Key": key}} for key in keys]

        def ask(client: DynamoDBClient) -> None:
            answer = client.batch_write_item(RequestItems={self.name: requests})
            requests[:] = answer.get("UnprocessedItems", {}).get(self.name, [])
            if requests:
                raise _throttled("BatchWriteItem")

        if requests:
            self._client.attempt("batch_write_item", ask, deadline=deadline)

    def transact(
        self, items: Sequence[TransactWriteItemTypeDef], *, deadline: float | None = None
    ) -> list[TableItem | None] | None:
        """Make all writes, or none. None if they were made.

        Else for each item: the old item if its condition does not hold, as `put` returns it.
        """
        try:
            self._client.call(
                "transact_write_items",
                TransactItems=items,
                ClientRequestToken=str(uuid.uuid4()),  # a try whose answer is lost counts once
                deadline=deadline,
            )
        except ClientError as error:
            reasons: Any = error.response.get("CancellationReasons", [])
            if not any(reason.get("Code") == CONFLICT for reason in reasons):
                raise
            return [
                (reason.get("Item") or {}) if reason.get("Code") == CONFLICT else None
                for reason in reasons
            ]
        return None


def expected(revision: int) -> dict[str, Any]:
    """The condition that the table has this revision of the item; 0: none."""
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


def is_over(deadline: float | None) -> bool:
    """Whether the time is up."""
    return deadline is not None and time.monotonic() >= deadline


def _old(error: ClientError) -> TableItem:
    if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
        raise error
    response: dict[str, Any] = {**error.response}  # the stub has no Item
    old: TableItem = response.get("Item", {})
    return old


def _throttled(operation: str) -> ClientError:
    about: Any = {"Error": {"Code": "ProvisionedThroughputExceededException"}}
    return ClientError(about, operation)
