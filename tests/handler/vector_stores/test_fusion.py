"""What is near and what has the words become one order, with scores from 0 to 1."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.stores.contract import Match
from handler.vector_stores.fusion import Ranked, Weights, by_vector, fuse, merge

EQUAL = Weights(1, 1)
SCORES = st.dictionaries(st.sampled_from("abcdefgh"), st.floats(-1, 1.001))
WEIGHTS = st.builds(Weights, st.floats(0, 1e6), st.floats(0, 1e6)).filter(
    lambda weights: weights.embedding + weights.text > 0
)


def near(**cosines: float) -> list[Match]:
    """What a search by vector finds."""
    found = [Match(key, {}, cosine) for key, cosine in cosines.items()]
    return sorted(found, key=lambda match: -(match.cosine or 0))


def worded(**words: float) -> list[Match]:
    """What a search by words finds in a store that does not say the cosines."""
    found = [Match(key, {}, None, bm25=9 * score, words=score) for key, score in words.items()]
    return sorted(found, key=lambda match: -(match.words or 0))


def scores(ranked: list[Ranked]) -> dict[str, float]:
    return {one.match.key: one.score for one in ranked}


def order(*lists: list[Ranked], limit: int = 100, threshold: float = 0) -> list[str]:
    return [one.match.key for one in merge(lists, limit=limit, threshold=threshold)]


def test_the_score_is_the_weighted_mean_of_cosine_and_words() -> None:
    fused = fuse(near(a=0.6, b=0.4), worded(a=0.2, b=1), Weights(3, 1))
    assert scores(fused) == pytest.approx({"a": 0.5, "b": 0.55})


def test_what_has_none_of_the_words_scores_by_its_cosine_alone() -> None:
    assert scores(fuse(near(a=0.6), worded(), EQUAL)) == {"a": 0.3}


def test_what_is_not_among_the_nearest_counts_as_the_farthest_of_them() -> None:
    fused = scores(fuse(near(a=0.6, b=0.2), worded(far=1), EQUAL))
    assert fused["far"] == pytest.approx(0.6)
    assert scores(fuse(near(a=-0.2), worded(far=1), EQUAL))["far"] == 0.5


def test_a_cosine_that_the_store_says_counts_as_it_is() -> None:
    far = [Match("far", {}, 0.1, bm25=9, words=1)]
    assert scores(fuse(near(a=0.6, b=0.2), far, EQUAL))["far"] == pytest.approx(0.55)


def test_the_only_text_with_an_identifier_is_before_what_is_near() -> None:
    fused = fuse(near(a=0.7, b=0.69, right=0.3), worded(right=1, a=0.1), Weights(2, 1))
    assert order(fused)[0] == "right"


def test_a_common_word_does_not_bring_a_text_before_the_nearest() -> None:
    fused = fuse(near(right=0.7, a=0.5), worded(a=0.15), Weights(2, 1))
    assert order(fused)[0] == "right"


def test_weights_decide_what_is_first() -> None:
    nearest, best = near(a=0.9, b=0.5), worded(b=0.9, a=0.5)
    assert order(fuse(nearest, best, Weights(2, 1))) == ["a", "b"]
    assert order(fuse(nearest, best, Weights(1, 2))) == ["b", "a"]
    assert scores(fuse(nearest, best, Weights(0, 5))) == {"a": 0.5, "b": 0.9}


def test_a_record_says_its_rank_by_words_and_its_cosine() -> None:
    fused = fuse(near(a=0.9), worded(b=1, a=0.5), EQUAL)
    first, second = merge([fused], limit=9, threshold=0)
    assert (first.match.key, first.text_rank, first.match.cosine) == ("b", 1, None)
    assert (second.match.key, second.text_rank, second.match.cosine) == ("a", 2, 0.9)


def test_by_vector_alone_the_score_is_the_cosine() -> None:
    nearest = near(a=1.0000001, b=0.5, c=-0.2)
    assert scores(by_vector(nearest)) == {"a": 1, "b": 0.5, "c": 0}


def test_records_with_equal_scores_are_in_the_order_of_cosines_then_of_keys() -> None:
    assert order(by_vector(near(c=-0.5, b=-0.2, a=-0.2))) == ["a", "b", "c"]


def test_a_record_that_several_queries_find_counts_once_with_its_best_score() -> None:
    (one,) = merge([by_vector(near(a=0.2)), by_vector(near(a=0.6))], limit=9, threshold=0)
    assert one.score == 0.6


def test_a_limit_and_a_threshold_leave_out_the_worst() -> None:
    nearest = by_vector(near(a=0.9, b=0.5, c=0.1))
    assert order(nearest, limit=2) == ["a", "b"]
    assert order(nearest, threshold=0.5) == ["a", "b"]


@given(SCORES, st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0, 1)), WEIGHTS)
def test_scores_are_from_zero_to_one_and_everything_is_ranked(
    cosines: dict[str, float], words: dict[str, float], weights: Weights
) -> None:
    fused = fuse(near(**cosines), worded(**words), weights)
    assert scores(fused).keys() == {*cosines, *words}
    assert all(0 <= one.score <= 1 for one in fused)
