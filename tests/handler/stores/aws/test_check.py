"""A range of texts is checked after the query, which is repeated without what did not pass."""

from __future__ import annotations

import pytest

from handler.stores.aws.check import MAX_QUERIES, checked
from handler.stores.aws.filters import Expression
from handler.stores.contract import IncompleteMatches, Match
from handler.stores.filters import Comparison
from tests.handler.aws.moto_s3vectors import holds

LATE = Comparison("code", "gte", "m")
MOST = 10


class Index:
    """Finds its records in order, as QueryVectors would."""

    def __init__(self, codes: str) -> None:
        self.queries = 0
        self.records = [
            Match(f"k#{place}", {"code": code, "source": f"s3://b/{place // 2}"}, None)
            for place, code in enumerate(codes)
        ]

    def query(self, expression: Expression | None, limit: int) -> list[Match]:
        self.queries += 1
        found = [one for one in self.records if not expression or holds(expression, one.metadata)]
        return found[:limit]


@pytest.mark.parametrize(
    ("codes", "limit", "queries", "kept"),
    [
        ("aazz", 10, 1, 2),  # all there are
        ("zz" * 5, 3, 1, 10),  # enough, and more
        ("aa" * 12 + "zz", 3, 3, 2),  # after others that are nearer
        ("zz" + "aa" * 12 + "zz", 4, 4, 4),
    ],
)
def test_matches_behind_others_are_found(codes: str, limit: int, queries: int, kept: int) -> None:
    index = Index(codes)
    found = checked(index.query, LATE, limit=limit, most=MOST)
    assert (len(found), index.queries) == (kept, queries)
    assert {match.metadata["code"] for match in found} == {"z"}
    assert not isinstance(found, IncompleteMatches)


def test_the_search_ends_after_a_few_queries_and_says_so() -> None:
    index = Index("aa" * 50 + "zz")
    found = checked(index.query, LATE, limit=3, most=MOST)
    assert (found, index.queries) == ([], MAX_QUERIES)
    assert isinstance(found, IncompleteMatches)


def test_what_the_service_can_compare_is_not_checked() -> None:
    index = Index("aazz")
    assert len(checked(index.query, Comparison("code", "eq", "z"), limit=1, most=MOST)) == 1
    assert len(checked(index.query, None, limit=1, most=MOST)) == 1
    assert index.queries == 2
