"""Filters to the filter expressions of S3 Vectors' QueryVectors.

The documentation does not say whether $ne and $nin hold for a vector without the key. Joined with
$exists, they do either way.
(docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-metadata-filtering.html)
"""

from __future__ import annotations

from typing import Any

from handler.errors import InvalidRequest
from handler.stores.attributes import NOT_FILTERABLE
from handler.stores.filters import Comparison, Filter


def expression(where: Filter) -> dict[str, Any]:
    """`where` in the shape of QueryVectors. Raises InvalidRequest if it has no such shape."""
    if not isinstance(where, Comparison):
        return {f"${where.type}": [expression(part) for part in where.filters]}
    key, value = where.key, where.value
    if key in NOT_FILTERABLE or key.startswith("$"):
        raise InvalidRequest(
            f"Results cannot be filtered by {key!r}. Filter by any attribute except "
            f"{', '.join(NOT_FILTERABLE)} and names that begin with '$'.",
            param="filters",
        )
    if where.type in ("gt", "gte", "lt", "lte") and (
        isinstance(value, bool) or not isinstance(value, int | float)
    ):
        raise InvalidRequest(
            f"The filter '{where.type}' on {key!r} has the value {value!r}; this store orders only "
            "numbers. Store dates as numbers, say seconds since 1970.",
            param="filters",
        )
    if value == ():  # S3 Vectors refuses an empty list
        exists = [{key: {"$exists": True}}, {key: {"$exists": False}}]
        return {"$and" if where.type == "in" else "$or": exists}
    holds = {key: {f"${where.type}": list(value) if isinstance(value, tuple) else value}}
    if where.type in ("ne", "nin"):
        return {"$or": [{key: {"$exists": False}}, holds]}
    return holds
