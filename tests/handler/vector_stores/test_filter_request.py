"""The filters of a search request: correct ones are read, others are refused with their place."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.errors import InvalidRequest
from handler.limits import MAX_FILTER_DEPTH, MAX_FILTER_ITEMS, MAX_FILTER_NUMBER
from handler.stores.filters import Comparison, Compound, Filter
from handler.vector_stores.filter_request import TYPES
from handler.vector_stores.search_request import parse_search
from tests.handler.json_values import JSON_VALUES

NUMBERS = st.integers(-MAX_FILTER_NUMBER, MAX_FILTER_NUMBER) | st.floats(
    -MAX_FILTER_NUMBER, MAX_FILTER_NUMBER
)
TEXTS = st.text(max_size=20)
KEYS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20)
COMPARISONS: st.SearchStrategy[Filter] = (
    st.builds(Comparison, KEYS, st.sampled_from(["eq", "ne"]), NUMBERS | TEXTS | st.booleans())
    | st.builds(Comparison, KEYS, st.sampled_from(["gt", "gte", "lt", "lte"]), NUMBERS | TEXTS)
    | st.builds(
        Comparison,
        KEYS,
        st.sampled_from(["in", "nin"]),
        st.lists(NUMBERS | TEXTS, min_size=1, max_size=5).map(tuple),
    )
)


def nested(depth: int) -> st.SearchStrategy[Filter]:
    if not depth:
        return COMPARISONS
    inner = st.lists(nested(depth - 1), min_size=1, max_size=3).map(tuple)
    return COMPARISONS | st.builds(Compound, st.sampled_from(["and", "or"]), inner)


def read_filters(value: object) -> Filter | None:
    """The filter of a search request with these `filters`."""
    return parse_search({"query": "a", "filters": value}).where


def as_json(filters: Filter) -> dict[str, Any]:
    """The JSON that a client sends for the filter."""
    if isinstance(filters, Compound):
        return {"type": filters.type, "filters": [as_json(inner) for inner in filters.filters]}
    value = list(filters.value) if isinstance(filters.value, tuple) else filters.value
    return {"type": filters.type, "key": filters.key, "value": value}


@given(filters=nested(MAX_FILTER_DEPTH))
def test_every_filter_is_read_as_it_was_written(filters: Filter) -> None:
    assert read_filters(as_json(filters)) == filters


@given(
    value=JSON_VALUES
    | st.fixed_dictionaries(
        {"type": st.sampled_from(TYPES)}, optional={"key": TEXTS, "value": JSON_VALUES}
    )
    | st.fixed_dictionaries({"type": st.just("and"), "filters": JSON_VALUES})
)
def test_any_other_value_is_refused_with_its_place(value: object) -> None:
    try:
        filters = read_filters(value)
    except InvalidRequest as error:
        assert error.param is not None
        assert error.param.startswith("filters")
        assert error.param in error.message
    else:
        if filters is None:
            assert value is None or value == {}
        else:
            assert isinstance(value, dict)
            assert (
                as_json(filters).items() <= {**value, "key": value.get("key", "").lower()}.items()
            )


def comparison(**changes: object) -> dict[str, object]:
    return {"type": "eq", "key": "team", "value": "support", **changes}


def deep(levels: int) -> dict[str, object]:
    value = comparison()
    for _ in range(levels):
        value = {"type": "and", "filters": [value]}
    return value


@pytest.mark.parametrize(
    ("value", "param", "message"),
    [
        ([], "filters", "a list of 0 items; it must be an object"),
        ({"key": "a"}, "filters.type", "null; it must be one of eq, ne"),
        (comparison(type="like"), "filters.type", '"like"; it must be one of eq, ne'),
        (comparison(type=["eq"]), "filters.type", "a list of 1 items"),
        (comparison(key=None), "filters.key", "the name of an attribute"),
        (comparison(key=""), "filters.key", "1 to 64 characters"),
        (comparison(key="k" * 65), "filters.key", "has 65 characters, and must be the name of"),
        (comparison(key="a\0"), "filters.key", "the name of an attribute"),
        (comparison(key="a\ud83d"), "filters.key", "half an emoji"),
        (comparison(value=None), "filters.value", "null; it must be a string of"),
        (comparison(value=["a"]), "filters.value", "a list of 1 items; it must be a string"),
        (
            comparison(value="a" * 2049),
            "filters.value",
            "has 2049 characters, and must be a string of at most 2048",
        ),
        (comparison(value="\udc00"), "filters.value", "half an emoji"),
        (comparison(value=2**53 + 1), "filters.value", "from -9007199254740992 to"),
        (comparison(value=float("inf")), "filters.value", "from -9007199254740992 to"),
        (comparison(type="lte", value=True), "filters.value", "true; it must be a string of at"),
        (comparison(type="gt", value="\udc00"), "filters.value", "half an emoji"),
        (comparison(type="in"), "filters.value", "a list of 1 to 100 strings or numbers"),
        (comparison(type="nin", value=[]), "filters.value", "a list of 0 items; it must be a list"),
        (comparison(type="in", value=["a"] * 101), "filters.value", "a list of 101 items"),
        (
            comparison(type="in", value=["a", True]),
            "filters.value[1]",
            "a string of at most 2048 characters or a number",
        ),
        ({"type": "and"}, "filters.filters", "null; it must be a list of 1 to 100 filters"),
        ({"type": "or", "filters": []}, "filters.filters", "a list of 1 to 100 filters"),
        ({"type": "or", "filters": [{}]}, "filters.filters[0].type", "null; it must be one of eq"),
        (
            {"type": "or", "filters": [comparison(), comparison(type="is")]},
            "filters.filters[1].type",
            "'filters.filters[1].type' is the string \"is\"",
        ),
        (
            deep(MAX_FILTER_DEPTH + 1),
            "filters" + ".filters[0]" * MAX_FILTER_DEPTH,
            "nested too deep",
        ),
        (
            {
                "type": "or",
                "filters": [comparison(type="in", value=["a"] * 100)] * 10 + [comparison()],
            },
            "filters",
            "has 1001 values to compare with, and may have 1000",
        ),
    ],
)
def test_a_wrong_filter_is_refused_with_its_place(value: object, param: str, message: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        read_filters(value)
    assert caught.value.param == param
    assert message in caught.value.message


@pytest.mark.parametrize("value", [None, {}])
def test_null_and_an_empty_object_are_no_filter(value: object) -> None:
    assert read_filters(value) is None


def test_keys_are_read_as_they_are() -> None:
    key = "Team-E\u0301"
    assert read_filters(comparison(key=key)) == Comparison(key, "eq", "support")


def test_filters_at_the_limits_are_accepted() -> None:
    assert read_filters(deep(MAX_FILTER_DEPTH))
    assert read_filters({"type": "or", "filters": [comparison()] * MAX_FILTER_ITEMS})
    assert read_filters(
        {"type": "or", "filters": [comparison(type="in", value=["a"] * MAX_FILTER_ITEMS)] * 10}
    )
    assert read_filters(comparison(key="k" * 64, value="a" * 2048))
    assert read_filters(comparison(type="in", value=[MAX_FILTER_NUMBER, -MAX_FILTER_NUMBER] * 50))
