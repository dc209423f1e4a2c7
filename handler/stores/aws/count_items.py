"""The counts of vector stores and file batches: numbers on their items in the DynamoDB table.

They are only ever added to, in the transaction that writes the row. The catalog leaves them alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from handler.stores.counts import Counts
from handler.stores.row_values import MalformedRow

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef, TransactWriteItemTypeDef

    from handler.stores.aws.keys import Key

NAMES = tuple(field.name for field in fields(Counts))


def to_counts(item: Mapping[str, AttributeValueTypeDef]) -> Counts:
    """The counts on an item. Raises MalformedRow if they are damaged."""
    try:
        return Counts(**{name: int(item[name]["N"]) for name in NAMES if name in item})
    except (KeyError, ValueError) as error:
        raise MalformedRow("a count is no whole number") from error


def adding(
    change: Counts, key: Key, *, table: str, condition: str | None = None
) -> TransactWriteItemTypeDef:
    """A part of a transaction that adds `change` to the counts of the item.

    condition: of the item; `#revision` is the attribute that what the catalog wrote has, and
    `#deleted` that of what it deleted.
    """
    numbers = {name: number for name, number in zip(NAMES, change.values, strict=True) if number}
    numbers = numbers or {NAMES[0]: 0}  # only the condition counts
    update: dict[str, Any] = {
        "TableName": table,
        "Key": key,
        "UpdateExpression": "ADD " + ", ".join(f"#{name} :{name}" for name in numbers),
        "ExpressionAttributeNames": {f"#{name}": name for name in numbers},
        "ExpressionAttributeValues": {
            f":{name}": {"N": str(number)} for name, number in numbers.items()
        },
    }
    if condition is not None:
        update["ConditionExpression"] = condition
        update["ExpressionAttributeNames"] |= {
            f"#{name}": name for name in ("revision", "deleted") if f"#{name}" in condition
        }
    return {"Update": update}  # type: ignore[typeddict-item]
