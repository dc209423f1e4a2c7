"""Queries of S3 Vectors whose filter the service cannot compare: what is found is checked again.

The service finds 100 records at most. If too few of these pass the check, the documents that did
not are left out of the next query. Attributes are a document's, so none of its other chunks would
pass, unless the filter is by page; then they are lost only after MAX_QUERIES full of others.
"""

from __future__ import annotations

from collections.abc import Callable

from handler.stores.aws.filters import Expression, narrowed
from handler.stores.contract import IncompleteMatches, Match
from handler.stores.filter_rule import holds
from handler.stores.filters import Filter

MAX_QUERIES = 5


def checked(
    query: Callable[[Expression | None, int], list[Match]],
    where: Filter | None,
    *,
    limit: int,
    most: int,
) -> list[Match]:
    """What `query` finds of the records that `where` holds for: `limit`, or more, or all there are.

    query: finds the best records for an expression; the second argument is how many, `most` at
    most. They are IncompleteMatches if MAX_QUERIES were not enough.
    """
    expression, needs_check = narrowed(where)
    if where is None or not needs_check:
        return query(expression, limit)
    matches: list[Match] = []
    for _ in range(MAX_QUERIES):
        found = query(expression, most)
        matches = [match for match in found if holds(where, match.metadata)]
        if len(matches) >= limit or len(found) < most:
            return matches
        kept = {match.metadata.get("source") for match in matches}
        others = {match.metadata.get("source") for match in found} - kept - {None}
        if not others:
            break
        expression = {"$and": [expression, {"source": {"$nin": sorted(map(str, others))}}]}
    return IncompleteMatches(matches)
