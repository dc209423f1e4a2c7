"""The query parameters of a list name a page, or the first wrong one is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.errors import InvalidRequest
from handler.limits import MAX_ID, MAX_LIST_FILES, MAX_LIST_ITEMS
from handler.objects.pagination import read_file_page, read_page, single


def test_a_page_has_defaults() -> None:
    page = read_page({"unknown": "x", "after": ""})
    assert (page.limit, page.descending, page.status) == (20, True, None)
    assert (page.after, page.before) == (None, None)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("limit", "0", f"a whole number from 1 to {MAX_LIST_ITEMS}"),
        ("limit", f"{MAX_LIST_ITEMS + 1}", f"a whole number from 1 to {MAX_LIST_ITEMS}"),
        ("limit", "+5", f"a whole number from 1 to {MAX_LIST_ITEMS}"),
        ("limit", "5.0", f"a whole number from 1 to {MAX_LIST_ITEMS}"),
        ("order", "up", "one of asc, desc"),
        ("filter", "lost", "one of in_progress, completed, failed, cancelled"),
        ("after", "x" * (MAX_ID + 1), f"an id, of {MAX_ID} characters at most"),
    ],
)
def test_a_wrong_parameter_is_refused_with_what_it_may_be(
    name: str, value: str, expected: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_page({name: value})
    assert refused.value.param == name
    assert expected in refused.value.message


@given(st.dictionaries(st.sampled_from(["limit", "order", "filter", "after", "before"]), st.text()))
def test_any_parameters_are_a_page_or_refused(parameters: dict[str, str]) -> None:
    try:
        page = read_page(parameters)
    except InvalidRequest as refused:
        assert refused.param in parameters
    else:
        assert 1 <= page.limit <= MAX_LIST_ITEMS


@pytest.mark.parametrize(
    "limit",
    ["00000010099999", "0" * 34, "101", "0101", "9" * 5_000, "", " 5", "5 ", "+5", "-1", "5.0"]
    + ["5e0", "0x5", "٥", "5_0", "1,2", "null"],
)
def test_a_limit_is_a_whole_number_up_to_a_hundred(limit: str) -> None:
    with pytest.raises(
        InvalidRequest, match=r"'limit' is .* a whole number from 1 to 100"
    ) as caught:
        read_page({"limit": limit})
    assert caught.value.param == "limit"


@pytest.mark.parametrize("limit", ["5", "05", "0" * 34 + "5"])
def test_leading_zeros_do_not_change_a_limit(limit: str) -> None:
    assert read_page({"limit": limit}).limit == 5


def test_a_page_of_files_has_openais_defaults() -> None:
    page = read_file_page({"unknown": "x", "after": ""})
    assert (page.limit, page.descending, page.after, page.purpose) == (10_000, True, None, None)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("limit", "0", f"a whole number from 1 to {MAX_LIST_FILES}"),
        ("limit", f"{MAX_LIST_FILES + 1}", f"a whole number from 1 to {MAX_LIST_FILES}"),
        ("order", "up", "one of asc, desc"),
        ("after", "x" * (MAX_ID + 1), f"an id, of {MAX_ID} characters at most"),
        ("purpose", "assistant", "one of assistants, assistants_output, batch"),
    ],
)
def test_a_wrong_parameter_of_the_list_of_files_is_refused(
    name: str, value: str, expected: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_file_page({name: value})
    assert refused.value.param == name
    assert expected in refused.value.message


@pytest.mark.parametrize("name", ["limit", "order", "after", "before", "filter", "purpose"])
def test_a_parameter_is_sent_once(name: str) -> None:
    with pytest.raises(InvalidRequest, match=f"'{name}' is in the query string twice"):
        single([(name, "1"), (name, "1")])
    assert single([("other", "1"), ("other", "2"), (name, "3")]) == {"other": "2", name: "3"}
