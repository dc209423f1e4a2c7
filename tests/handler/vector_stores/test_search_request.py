"""The body of a search request: correct ones are read, others are refused with their place."""

from __future__ import annotations

import pytest

from handler.errors import InvalidRequest
from handler.vector_stores.fusion import Weights
from handler.vector_stores.search_request import parse_search

HYBRID = "ranking_options.hybrid_search"


def hybrid(**weights: object) -> dict[str, object]:
    """A request with these fields of `hybrid_search`."""
    return {"query": "a", "ranking_options": {"hybrid_search": weights}}


@pytest.mark.parametrize(
    ("payload", "param", "message"),
    [
        ([], None, "The request is a list of 0 items; it must be a JSON object"),
        ({}, "query", "'query' is null; 'query' must be a string that is not empty"),
        ({"query": ""}, "query", 'is the string ""'),
        ({"query": []}, "query", "has 0 items; it must have 1 to 32"),
        ({"query": ["a"] * 33}, "query", "has 33 items; it must have 1 to 32"),
        ({"query": ["a", ""]}, "query[1]", "'query[1]' is the string \"\""),
        ({"query": ["a", 1]}, "query[1]", "'query[1]' is the number 1"),
        ({"query": "a", "max_num_results": 0}, "max_num_results", "is the number 0"),
        ({"query": "a", "max_num_results": 51}, "max_num_results", "less than or equal to 50"),
        ({"query": "a", "max_num_results": "5"}, "max_num_results", 'is the string "5"'),
        ({"query": "a", "ranking_options": []}, "ranking_options", "is a list of 0 items"),
        (
            {"query": "a", "ranking_options": {"score_threshold": 1.1}},
            "ranking_options.score_threshold",
            "is the number 1.1. Input should be less than or equal to 1",
        ),
        ({"query": "a", "ranking_options": {"ranker": 1}}, "ranking_options.ranker", "number 1"),
        (hybrid(embedding_weight=-1, text_weight=1), f"{HYBRID}.embedding_weight", "number -1"),
        (hybrid(embedding_weight=1), f"{HYBRID}.text_weight", "is missing"),
        (hybrid(embedding_weight=1, text_weight="2"), f"{HYBRID}.text_weight", 'the string "2"'),
        (hybrid(embedding_weight=True, text_weight=1), f"{HYBRID}.embedding_weight", "true"),
        (hybrid(embedding_weight=0, text_weight=0), HYBRID, "one must be above 0"),
        (hybrid(rrf_embedding_weight=0, rrf_text_weight=0.0), HYBRID, "one must be above 0"),
        ({"query": "a", "rewrite_query": 1}, "rewrite_query", "is the number 1"),
        ({"query": "a", "truncate": "no"}, "truncate", "'END'"),
        ({"query": "a", "filters": "x"}, "filters", 'is the string "x"; it must be an object'),
    ],
)
def test_a_wrong_request_is_refused_with_its_place(
    payload: object, param: str | None, message: str
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        parse_search(payload)
    assert caught.value.param == param
    assert message in caught.value.message


def test_fields_that_proxies_add_are_accepted() -> None:
    """Nulls, OpenAI's rankers, whole numbers as floats, and unknown fields."""
    search = parse_search(
        {
            "query": "a",
            "filters": None,
            "max_num_results": 5.0,
            "ranking_options": {"ranker": "default-2024-11-15", "score_threshold": 0},
            "rewrite_query": True,
            "user": 1,
        }
    )
    assert (search.limit, search.threshold, search.where) == (5, 0, None)
    empty = parse_search({"query": "a", "max_num_results": None, "ranking_options": None})
    assert (empty.limit, empty.threshold) == (10, 0)


def test_other_wrong_fields_are_named_before_the_filters() -> None:
    with pytest.raises(InvalidRequest) as refused:
        parse_search({"query": "a", "filters": [[]], "max_num_results": 1.5})
    assert refused.value.param == "max_num_results"


@pytest.mark.parametrize(
    ("options", "weights"),
    [
        (None, None),
        ({}, None),
        ({"ranker": None, "hybrid_search": None}, None),
        ({"ranker": "auto"}, None),
        ({"ranker": "none"}, Weights(1, 0)),
        ({"ranker": "default-2024-11-15"}, Weights(2, 1)),
        ({"ranker": "default-2024-08-21"}, Weights(2, 1)),
        ({"hybrid_search": {"embedding_weight": 2, "text_weight": 0.5}}, Weights(2, 0.5)),
        ({"hybrid_search": {"rrf_embedding_weight": 0, "rrf_text_weight": 1}}, Weights(0, 1)),
    ],
)
def test_ranking_options_say_how_much_meaning_and_words_count(
    options: object, weights: Weights | None
) -> None:
    search = parse_search({"query": "a", "ranking_options": options})
    assert (search.weights, search.warnings) == (weights, ())


@pytest.mark.parametrize(
    ("ranker", "weights", "warning"),
    [
        ("bm42", None, "The ranker 'bm42' is not known; 'auto' is used."),
        ("none", {"embedding_weight": 1, "text_weight": 1}, "is not used with the ranker 'none'"),
    ],
)
def test_what_is_not_used_is_told(ranker: str, weights: object, warning: str) -> None:
    options = {"ranker": ranker, "hybrid_search": weights}
    (told,) = parse_search({"query": "a", "ranking_options": options}).warnings
    assert warning in told
