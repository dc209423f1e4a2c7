"""A filter selects the same records on both backends as the plain Python here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handler.errors import InvalidRequest
from handler.settings import SqliteAddress
from handler.stores.attributes import NOT_FILTERABLE, Attribute
from handler.stores.contract import Record, Store
from handler.stores.filters import Comparison, Compound, Filter, Value
from handler.stores.s3vectors import open_s3vectors
from handler.stores.s3vectors_filters import expression
from handler.stores.sqlite import open_sqlite
from tests.handler.aws import moto_s3vectors
from tests.handler.aws.moto_server import new_index
from tests.handler.stores.vectors import NORTH, show


def equal(one: Value, other: Value) -> bool:
    return kind(one) == kind(other) and one == other


def kind(value: Value) -> str:
    return "number" if type(value) in (int, float) else type(value).__name__


def holds(where: Filter, metadata: Mapping[str, Attribute]) -> bool:
    """The rules of handler/stores/filters.py, in plain Python."""
    if isinstance(where, Compound):
        parts = [holds(part, metadata) for part in where.filters]
        return all(parts) if where.type == "and" else any(parts)
    actual, wanted = metadata.get(where.key), where.value
    choices = wanted if isinstance(wanted, tuple) else (wanted,)
    if where.type in ("eq", "in"):
        return actual is not None and any(equal(actual, choice) for choice in choices)
    if where.type in ("ne", "nin"):
        return actual is None or not any(equal(actual, choice) for choice in choices)
    if actual is None or kind(actual) != kind(choices[0]):
        return False
    a, b = actual, choices[0]
    return {"gt": a > b, "gte": a >= b, "lt": a < b, "lte": a <= b}[where.type]  # type: ignore[operator]


RECORDS: list[dict[str, Attribute]] = [
    {},
    {"x": 1},
    {"x": 1.0, "y": "a"},
    {"x": 0},
    {"x": True},
    {"x": False, "y": 2},
    {"x": "1"},
    {"x": "true", "y": True},
    {"x": 1.5, "y": "b"},
    {"x": -3, "y": "ä"},
    {"x": "", "y": 0.1},
]


def found(store: Store, where: Filter) -> set[str]:
    return {match.key for match in store.index.search_vectors(NORTH, limit=100, where=where)}


@pytest.mark.parametrize("value", [1, 1.0, 0, 1.5, True, False, "1", "true", "a", ""])
@pytest.mark.parametrize("comparator", ["eq", "ne", "in", "nin"])
def test_equality_compares_values_of_one_type_only(
    store: Store, comparator: str, value: Value
) -> None:
    check(store, [Comparison(key, comparator, several(comparator, value)) for key in "xyz"])  # type: ignore[arg-type]


def several(comparator: str, value: Value) -> Value | tuple[Value, ...]:
    return (value, "b", 2) if comparator in ("in", "nin") else value


@pytest.mark.parametrize("comparator", ["gt", "gte", "lt", "lte"])
def test_comparisons_order_numbers(store: Store, comparator: str) -> None:
    wanted = [-3, -3.5, 0, 0.1, 1, 1.0, 1.5, 2, 1e300]
    check(store, [Comparison(key, comparator, value) for key in "xy" for value in wanted])  # type: ignore[arg-type]


@pytest.mark.parametrize("comparator", ["in", "nin"])
def test_no_value_is_in_an_empty_list(store: Store, comparator: str) -> None:
    check(store, [Comparison("x", comparator, ()), Comparison("z", comparator, ())])  # type: ignore[arg-type]


def test_filters_can_be_nested(store: Store) -> None:
    one, a, unequal = Comparison("x", "eq", 1), Comparison("y", "eq", "a"), Comparison("y", "ne", 2)
    check(
        store,
        [
            Compound("and", (one,)),
            Compound("or", (one,)),
            Compound("and", (one, a)),
            Compound("or", (one, a, Comparison("x", "lt", 0))),
            Compound("and", (Compound("or", (one, Comparison("x", "eq", True))), unequal)),
            Compound("or", (Compound("and", (one, a)), Compound("and", (unequal,)))),
        ],
    )


def check(store: Store, filters: list[Filter]) -> None:
    show(store, "k")
    store.index.upsert([Record(f"k#{i}", NORTH, metadata) for i, metadata in enumerate(RECORDS)])
    for where in filters:
        expected = {f"k#{i}" for i, metadata in enumerate(RECORDS) if holds(where, metadata)}
        assert found(store, where) == expected, where


@pytest.mark.parametrize(
    "key", ["a.b", 'say "x"', "it's", "ключ", "a b", "[0]", "back\\slash", "1"]
)
def test_filters_accept_keys_with_special_characters(store: Store, key: str) -> None:
    show(store, "k")
    store.index.upsert([Record("k#0", NORTH, {key: "v"}), Record("k#1", NORTH, {"other": "v"})])
    assert found(store, Comparison(key, "eq", "v")) == {"k#0"}
    assert found(store, Comparison(key, "ne", "v")) == {"k#1"}


# Few keys and values, so that many filters hold for some records. Integers that a double can hold:
# readers of JSON agree on those.
KEYS = st.sampled_from(["x", "y", "Z", "ä b"])
NUMBERS = st.sampled_from([-1, 0, 1, 2, 0.5, 1.0, 2**53]) | st.integers(-(2**53), 2**53)
VALUES = NUMBERS | st.booleans() | st.sampled_from(["", "0", "1", "a", "B", "ä", "true", "😀"])
METADATA = st.dictionaries(KEYS, VALUES, max_size=4)
COMPARISONS = (
    st.builds(Comparison, KEYS, st.sampled_from(["eq", "ne"]), VALUES)
    | st.builds(Comparison, KEYS, st.sampled_from(["gt", "gte", "lt", "lte"]), NUMBERS)
    | st.builds(
        Comparison,
        KEYS,
        st.sampled_from(["in", "nin"]),
        st.lists(VALUES, max_size=4).map(tuple),
    )
)
FILTERS = st.recursive(
    COMPARISONS,
    lambda inner: st.builds(
        Compound, st.sampled_from(["and", "or"]), st.lists(inner, min_size=1, max_size=3).map(tuple)
    ),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def both(aws: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Store]:
    path: Path = tmp_path_factory.mktemp("filters") / "documents.sqlite"
    stores = open_sqlite(SqliteAddress(str(path))), open_s3vectors(new_index())
    for store in stores:
        show(store, "k")
    return stores


RANDOM = given(
    records=st.lists(METADATA, min_size=1, max_size=12),
    filters=st.lists(FILTERS, min_size=1, max_size=6),
)


@RANDOM
@settings(max_examples=20)
def test_random_filters_select_the_same_records_on_both_backends(
    both: tuple[Store, Store], records: list[dict[str, Attribute]], filters: list[Filter]
) -> None:
    check_both(both, records, filters)


@pytest.mark.slow
@RANDOM
@settings(max_examples=300)
def test_many_random_filters_select_the_same_records_on_both_backends(
    both: tuple[Store, Store], records: list[dict[str, Attribute]], filters: list[Filter]
) -> None:
    check_both(both, records, filters)


def check_both(
    both: tuple[Store, Store], records: list[dict[str, Attribute]], filters: list[Filter]
) -> None:
    keys = [f"k#{i}" for i in range(12)]
    for store in both:
        store.index.delete(keys)
        written = [Record(key, NORTH, item) for key, item in zip(keys, records, strict=False)]
        store.index.upsert(written)
    for where in filters:
        expected = {f"k#{i}" for i, metadata in enumerate(records) if holds(where, metadata)}
        assert [found(store, where) for store in both] == [expected, expected]


@pytest.mark.parametrize("absent_is_unequal", [True, False])
def test_absent_attributes_count_as_unequal_whatever_s3_vectors_does(
    aws: str, monkeypatch: pytest.MonkeyPatch, absent_is_unequal: bool
) -> None:
    monkeypatch.setattr(moto_s3vectors, "ABSENT_IS_UNEQUAL", absent_is_unequal)
    store = open_s3vectors(new_index())
    filters = [Comparison("y", "ne", "a"), Comparison("y", "nin", ("a", 2))]
    check(store, [*filters, Compound("and", tuple(filters)), Compound("or", tuple(filters))])


@pytest.mark.parametrize("value", ["2026-01-01", True])
def test_s3_vectors_refuses_to_order_anything_but_numbers(value: Value) -> None:
    with pytest.raises(InvalidRequest, match="orders only numbers"):
        expression(Comparison("date", "gte", value))


@pytest.mark.parametrize("key", [*NOT_FILTERABLE, "$and", "$eq"])
def test_s3_vectors_refuses_keys_that_are_not_filterable(key: str) -> None:
    with pytest.raises(InvalidRequest, match="cannot be filtered"):
        expression(Compound("and", (Comparison(key, "eq", "x"),)))
