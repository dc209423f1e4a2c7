"""`--filter` texts become the filters of OpenAI's API."""

from __future__ import annotations

from typing import Any

import pytest

from handler.commands.filters import read_filters
from handler.vector_stores.search_request import parse_search


def comparison(kind: str, key: str, value: object) -> dict[str, Any]:
    return {"type": kind, "key": key, "value": value}


def test_a_text_is_compared_as_it_is() -> None:
    assert read_filters(["author=Ada Lovelace"]) == comparison("eq", "author", "Ada Lovelace")
    assert read_filters(["a!=b=c"]) == comparison("ne", "a", "b=c")
    assert read_filters([]) is None


def test_what_looks_like_a_number_is_also_one() -> None:
    assert read_filters(["year=2024"]) == {
        "type": "or",
        "filters": [comparison("eq", "year", "2024"), comparison("eq", "year", 2024.0)],
    }
    assert read_filters(["draft!=true"]) == {
        "type": "and",
        "filters": [comparison("ne", "draft", "true"), comparison("ne", "draft", True)],
    }
    assert read_filters(["size>=1e3"]) == comparison("gte", "size", 1000.0)
    assert read_filters(["a=nan"]) == comparison("eq", "a", "nan")
    assert read_filters(["a=1_0"]) == comparison("eq", "a", "1_0")
    identifier = "99999999999999999999"  # larger than what a filter's number can be
    assert read_filters([f"a={identifier}"]) == comparison("eq", "a", identifier)


def test_several_filters_must_all_hold() -> None:
    filters = read_filters(["a=x", "b<3"])
    assert filters == {
        "type": "and",
        "filters": [comparison("eq", "a", "x"), comparison("lt", "b", 3.0)],
    }
    assert parse_search({"query": "q", "filters": filters}).where


@pytest.mark.parametrize("text", ["", "year", "=2024", "!=x", "a==b", "a=>1", "a><1"])
def test_what_is_no_filter_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="it can be KEY=VALUE"):
        read_filters([text])
