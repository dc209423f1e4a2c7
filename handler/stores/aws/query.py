"""Queries of the DynamoDB table, in the order of a sort key.

Beside its own keys, the table has two indexes: `by-creation` (store, created) with the rows of
ledgers and their `status`, and `by-document` (document, store) with only the keys of all items.
Queries of an index may miss what was written a moment ago.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

FILTERED_PAGE = 1_000  # items that are read at a time, if not all of them are wanted
Index = Literal["by-creation", "by-document"]
# The partition key and the sort key of the table, and of its indexes.
SORTED: dict[Index | None, tuple[str, str]] = {
    None: ("store", "document"),
    "by-creation": ("store", "created"),
    "by-document": ("document", "store"),
}


@dataclass(frozen=True)
class Query:
    """Items of a partition, in the order of their sort key, without its bounds."""

    partition: str
    index: Index | None = None
    low: str | None = None
    high: str | None = None
    descending: bool = False
    limit: int | None = None  # how many are wanted; more may be read
    only: Sequence[str] = ()  # attributes; none: all
    where: tuple[str, str | bool] | None = None  # an attribute's value, or whether it is there

    def to_parameters(self) -> dict[str, Any]:
        """In the shape of Query."""
        partition, sort = SORTED[self.index]
        names, values = {"#partition": partition}, {":partition": {"S": self.partition}}
        condition = "#partition = :partition"
        if self.low is not None or self.high is not None:
            names["#sort"] = sort
            condition += f" AND #sort {self._bounds(values)}"
        parameters: dict[str, Any] = {
            "KeyConditionExpression": condition,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
            "ScanIndexForward": not self.descending,
        }
        if self.index is None:
            parameters["ConsistentRead"] = True
        else:
            parameters["IndexName"] = self.index
        if self.where is not None:
            parameters["FilterExpression"] = self._filter(names, values)
        if self.only:
            names |= {f"#only{place}": name for place, name in enumerate(self.only)}
            parameters["ProjectionExpression"] = ", ".join(
                f"#only{place}" for place in range(len(self.only))
            )
        if self.limit is not None:
            is_all = self.where is None
            parameters["Limit"] = self.limit + 1 if is_all else FILTERED_PAGE
        return parameters

    def _bounds(self, values: dict[str, Any]) -> str:
        for name, bound in ((":low", self.low), (":high", self.high)):
            if bound is not None:
                values[name] = {"S": bound}
        if self.low is not None and self.high is not None:
            return "BETWEEN :low AND :high"  # with its bounds; see `Table.query`
        return "> :low" if self.high is None else "< :high"

    def _filter(self, names: dict[str, str], values: dict[str, Any]) -> str:
        assert self.where is not None
        names["#where"], wanted = self.where
        if isinstance(wanted, bool):
            return f"attribute_{'' if wanted else 'not_'}exists(#where)"
        values[":where"] = {"S": wanted}
        return "#where = :where"
