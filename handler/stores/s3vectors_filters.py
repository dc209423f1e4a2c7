"""Filters to those of S3 Vectors' QueryVectors.

Its documentation does not say whether $ne and $nin hold for a vector without the key, so both are
joined with $exists, and hold either way.
(docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-metadata-filtering.html)
"""

from __future__ import annotations

from typing import Any

from handler.errors import InvalidRequest
from handler.stores.attributes import NOT_FILTERABLE
from handler.stores.filters import Comparison, Filter


def expression(where: Filter) -> dict[str, Any]:
    """`where`, as QueryVectors takes it. Raises InvalidRequest for what it does not take."""
    if not isinstance(where, Comparison):
        return {f"${where.type}": [expression(part) for part in where.filters]}
    key, value = where.key, where.value
    if key in NOT_FILTERABLE or key.startswith("$"):
        raise InvalidRequest(
            f"Results cannot be filtered by {key!r}; they can by attributes other than "
            f"{', '.join(NOT_FILTERABLE)}, and those that begin with '$'.",
            param="filters",
        )
    if where.type in ("gt", "gte", "lt", "lte") and (
        isinstance(value, bool) or not isinstance(value, int | float)
    ):
        raise InvalidRequest(
            f"The filter '{where.type}' of {key!r} has the value {value!r}; this store puts "
            "numbers only in order. Store dates as numbers, say seconds since 1970.",
            param="filters",
        )
    if value == ():  # S3 Vectors takes no empty list
        exists = [{key: {"$exists": True}}, {key: {"$exists": False}}]
        return {"$and" if where.type == "in" else "$or": exists}
    holds = {key: {f"${where.type}": list(value) if isinstance(value, tuple) else value}}
    if where.type in ("ne", "nin"):
        return {"$or": [{key: {"$exists": False}}, holds]}
    return holds
