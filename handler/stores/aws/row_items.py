"""The items of ledgers' rows in the DynamoDB table.

An item holds the row as JSON, so that numbers come back unchanged, and beside it the attributes
that conditions and indexes use. `created` is the row's place in its store's list: that of the rows
that are not removed begins with a digit, and sorts as their times do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from handler.errors import UnusableStore
from handler.stores.aws.keys import key
from handler.stores.row import Row
from handler.stores.row_values import MalformedRow

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef

    TableItem = Mapping[str, AttributeValueTypeDef]

BEFORE_LISTED, AFTER_LISTED = "/", ":"  # the characters before and after the digits
REMOVED = "removed "


def to_item(row: Row, partition: str, *, write: str) -> dict[str, AttributeValueTypeDef]:
    """The item of a row. write: an id of this write."""
    return {
        **key(partition, row.document_id),
        "revision": {"N": str(row.revision)},
        "status": {"S": row.status},
        "current": {"NULL": True} if row.current is None else {"S": row.current},
        "created": {"S": removed_place(row.removed) if row.removed else listed_place(row)},
        "row": {"S": row.to_json().decode()},
        "write": {"S": write},
    }


def listed_place(row: Row) -> str:
    """The place of a row that is listed."""
    return f"{_time(row.created)}#{row.document_id}"


def removed_place(removed: float) -> str:
    """The place of a row that was removed then."""
    return f"{REMOVED}{_time(removed)}"


def _time(seconds: float) -> str:
    return f"{seconds:027.9f}"  # of 2 ** 53, the largest in a row, too


def to_row(item: TableItem, table: str) -> Row:
    """The row in an item of the table. Raises UnusableStore if it is damaged."""
    try:
        row = Row.from_json(item["row"]["S"])
    except (MalformedRow, KeyError) as error:
        document = item["document"].get("S")
        raise UnusableStore(
            f"The vector store's ledger, the table {table}, is damaged at {document}: {error}. "
            "Delete that item, and write the document again.",
            place=table,
        ) from error
    if "created" not in item:  # from before the counts, which have nothing of it
        return replace(row, counted=None, counted_bytes=0)
    return row


def current_generation(item: TableItem) -> str | None:
    """The generation that searches find; None if none is whole."""
    if "current" in item:
        return item["current"].get("S")
    # Version 0.1 wrote keys without a generation; see `Row.from_json`.
    return "" if item["status"]["S"] == "completed" else None
