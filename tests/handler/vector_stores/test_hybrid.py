"""One index is searched by meaning and by words, as the weights and the index allow."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from handler.errors import ServiceUnavailable
from handler.request_context import RequestContext
from handler.stores.contract import IncompleteMatches, Match, NoTextIndex, Record
from handler.stores.filters import Filter
from handler.vector_stores.fusion import Ranked, Weights
from handler.vector_stores.hybrid import HybridSearcher, Query
from model_layer import Cancelled

VECTOR = np.zeros(384, np.float32)


class Index:
    """Finds "near" by vector, and "named" by words, or raises `refusal`."""

    def __init__(self, refusal: Exception | None = None) -> None:
        self.refusal = refusal
        self.asked: list[str] = []

    def upsert(self, records: Sequence[Record], *, deadline: float | None = None) -> None:
        raise NotImplementedError("no search writes")

    def delete(self, keys: Sequence[str], *, deadline: float | None = None) -> None:
        raise NotImplementedError("no search writes")

    def read(self, keys: Sequence[str], *, deadline: float | None = None) -> list[Record]:
        raise NotImplementedError("no search writes")

    def has_attribute(self, key: str, *, deadline: float | None = None) -> bool:
        raise NotImplementedError("no search writes")

    def search_vectors(
        self,
        vector: NDArray[np.float32],
        *,
        limit: int,
        where: Filter | None = None,
        deadline: float | None = None,
    ) -> list[Match]:
        self.asked.append("vector")
        return [Match("near", {}, 0.75)]

    def search_text(
        self,
        query: str,
        vector: NDArray[np.float32],
        *,
        limit: int,
        where: Filter | None = None,
        deadline: float | None = None,
    ) -> list[Match]:
        self.asked.append(query)
        if self.refusal:
            raise self.refusal
        return [Match("named", {}, 0.1, bm25=3.0, words=0.5)]


def search(
    index: Index,
    weights: Weights,
    *,
    queries: Sequence[Query] = (Query("words", VECTOR, is_readable=True),),
    context: RequestContext | None = None,
) -> tuple[list[list[Ranked]], list[str]]:
    return HybridSearcher().search(
        index, queries, weights, None, context or RequestContext("a request")
    )


def keys(found: list[list[Ranked]]) -> list[set[str]]:
    return [{one.match.key for one in ranked} for ranked in found]


@pytest.mark.parametrize(
    ("weights", "asked", "expected"),
    [
        (Weights(1, 1), {"vector", "words"}, {"near", "named"}),
        (Weights(1, 0), {"vector"}, {"near"}),
        (Weights(0, 1), {"words"}, {"named"}),
    ],
)
def test_only_what_has_weight_is_searched(
    weights: Weights, asked: set[str], expected: set[str]
) -> None:
    index = Index()
    found, warnings = search(index, weights)
    assert (set(index.asked), keys(found), warnings) == (asked, [expected], [])


@pytest.mark.parametrize("weights", [Weights(1, 3), Weights(0, 1)])
def test_an_index_without_words_is_searched_by_vector_once_and_the_answer_says_so(
    weights: Weights,
) -> None:
    index = Index(NoTextIndex("the index is being built. Try again in an hour."))
    ((near,),), warnings = search(index, weights)
    assert sorted(index.asked) == ["vector", "words"]
    assert (near.match.key, near.score) == ("near", 0.75)
    assert warnings == [
        "The words of this store cannot be searched, so only meaning ranks the results: "
        "the index is being built. Try again in an hour."
    ]


@pytest.mark.parametrize("weights", [Weights(1, 1), Weights(1, 0)])
def test_an_index_that_may_have_more_says_so_once(weights: Weights) -> None:
    class Incomplete(Index):
        def search_vectors(self, *args: object, **options: object) -> list[Match]:
            return IncompleteMatches([Match("near", {}, 0.75)])

    query = Query("words", VECTOR, is_readable=True)
    _, (warning,) = search(Incomplete(), weights, queries=[query, query])
    assert warning.startswith("There may be more results")
    _, warnings = search(Incomplete(NoTextIndex("it is being built.")), weights)
    assert warnings[-1] == warning


def test_a_query_that_the_model_cannot_read_is_searched_by_its_words_alone() -> None:
    index = Index()
    queries = [Query("ไทย", VECTOR, is_readable=False), Query("b", VECTOR, is_readable=True)]
    found, _ = search(index, Weights(1, 1), queries=queries)
    assert keys(found) == [{"named"}, {"near", "named"}]
    assert found[0][0].score == 0.5  # its cosine says nothing, and does not count


def test_an_index_that_fails_fails_the_search() -> None:
    with pytest.raises(ServiceUnavailable):
        search(Index(ServiceUnavailable("gone")), Weights(1, 1))


def test_both_searches_run_side_by_side() -> None:
    both = threading.Barrier(2, timeout=20)

    class Waiting(Index):
        def search_vectors(self, *args: object, **options: object) -> list[Match]:
            both.wait()
            return []

        def search_text(self, *args: object, **options: object) -> list[Match]:
            both.wait()
            return []

    assert search(Waiting(), Weights(1, 1)) == ([[]], [])


def test_a_cancelled_request_is_not_searched() -> None:
    index, context = Index(), RequestContext("a request")
    context.cancel()
    with pytest.raises(Cancelled):
        search(index, Weights(1, 1), context=context)
    assert index.asked == []


def test_a_query_without_vector_finds_nothing_in_an_index_without_words() -> None:
    index = Index(NoTextIndex("it is in CLASSIC mode."))
    found, (warning,) = search(index, Weights(1, 1), queries=[Query("ไทย", VECTOR, False)])
    assert found == [[]]
    assert "cannot be searched" in warning
