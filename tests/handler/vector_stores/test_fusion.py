"""Ranks by meaning and by words become one order, with scores from 0 to 1 that fall with it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.stores.contract import Match
from handler.vector_stores.fusion import Ranked, Weights, by_vector, fuse, merge

EQUAL = Weights()
KEYS = st.lists(st.sampled_from("abcdefgh"), unique=True)
WEIGHTS = st.builds(Weights, st.floats(0, 1e6), st.floats(0, 1e6)).filter(
    lambda weights: weights.embedding + weights.text > 0
)


def found(keys: str, *cosines: float) -> list[Match]:
    """Matches in this order."""
    known = [*cosines, *[None] * (len(keys) - len(cosines))]
    return [Match(key, {}, cosine) for key, cosine in zip(keys, known, strict=True)]


def scores(ranked: list[Ranked]) -> dict[str, float]:
    return {one.match.key: one.score for one in ranked}


def order(*lists: list[Ranked], limit: int = 100, threshold: float = 0) -> list[str]:
    return [one.match.key for one in merge(lists, limit=limit, threshold=threshold)]


def test_a_record_that_is_first_in_both_ranks_scores_one() -> None:
    assert scores(fuse(found("ab"), found("a"), EQUAL))["a"] == 1


def test_a_record_in_both_ranks_is_before_those_in_one() -> None:
    fused = fuse(found("axb"), found("cyb"), EQUAL)
    assert order(fused)[0] == "b"
    assert scores(fused)["a"] == scores(fused)["c"] == 0.5
    assert scores(fused)["x"] == pytest.approx(0.5 * 61 / 62)


def test_weights_decide_whose_first_is_first() -> None:
    nearest, best = found("ab"), found("ba")
    assert order(fuse(nearest, best, Weights(2, 1))) == ["a", "b"]
    assert order(fuse(nearest, best, Weights(1, 2))) == ["b", "a"]
    assert scores(fuse(nearest, best, Weights(0, 5))) == pytest.approx({"b": 1, "a": 61 / 62})


def test_a_record_says_its_rank_by_words_and_its_cosine() -> None:
    first, second = merge([fuse(found("a", 0.9), found("ba"), EQUAL)], limit=9, threshold=0)
    assert (first.match.key, first.text_rank, first.match.cosine) == ("a", 2, 0.9)
    assert (second.match.key, second.text_rank, second.match.cosine) == ("b", 1, None)


def test_by_vector_alone_the_score_is_the_cosine() -> None:
    assert scores(by_vector(found("abc", 1.0000001, 0.5, -0.2))) == {"a": 1, "b": 0.5, "c": 0}


def test_records_with_equal_scores_are_in_the_order_of_cosines_then_of_keys() -> None:
    nearest = by_vector(found("cba", -0.5, -0.2, -0.2))
    assert order(nearest) == ["a", "b", "c"]


def test_a_record_that_several_queries_find_counts_once_with_its_best_score() -> None:
    (one,) = merge([by_vector(found("a", 0.2)), by_vector(found("a", 0.6))], limit=9, threshold=0)
    assert one.score == 0.6


def test_a_limit_and_a_threshold_leave_out_the_worst() -> None:
    nearest = by_vector(found("abc", 0.9, 0.5, 0.1))
    assert order(nearest, limit=2) == ["a", "b"]
    assert order(nearest, threshold=0.5) == ["a", "b"]


@given(KEYS, KEYS, WEIGHTS)
def test_scores_are_from_zero_to_one_and_everything_is_ranked(
    nearest: list[str], best: list[str], weights: Weights
) -> None:
    fused = fuse(found("".join(nearest)), found("".join(best)), weights)
    assert {one.match.key for one in fused} == {*nearest, *best}
    assert all(0 <= one.score <= 1 for one in fused)


@given(KEYS, WEIGHTS)
def test_two_equal_ranks_stay_as_they_are(keys: list[str], weights: Weights) -> None:
    both = found("".join(keys))
    assert order(fuse(both, both, weights)) == keys
