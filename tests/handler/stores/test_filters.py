"""A filter selects the same records on both backends as `holds`, which states the rule."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handler.settings import SqliteAddress
from handler.stores import open_source_store
from handler.stores.attributes import (
    DATE,
    NOT_FILTERABLE,
    OURS,
    Attribute,
    describe,
    read_attributes,
    read_date,
    shown_attributes,
    to_metadata,
)
from handler.stores.contract import Record, Store
from handler.stores.filter_rule import holds
from handler.stores.filters import Comparison, Compound, Filter, Value
from tests.handler.aws import moto_s3vectors
from tests.handler.aws.moto_server import new_index
from tests.handler.stores.vectors import NORTH, show, vector_at

OUR: dict[str, Attribute] = {"source": "s3://bucket/a", "filename": "a", "modified": 1_700_000_000}
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
    {"x": "1.0", "y": "1.50"},
    {"x": "01", "y": "false"},
]


def stored(attributes: Mapping[str, Attribute]) -> dict[str, Attribute]:
    """The metadata of a record with these attributes of the user's, and some of ours."""
    return to_metadata(attributes, OUR)


@pytest.fixture(scope="module", params=["sqlite", "aws"])
def of_records(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store of each backend with RECORDS in it. Tests must not write to it."""
    if request.param == "sqlite":
        path: Path = tmp_path_factory.mktemp("records") / "documents.sqlite"
        return fill(open_source_store(SqliteAddress(str(path))))
    request.getfixturevalue("aws")
    return fill(open_source_store(new_index()))


def fill(store: Store) -> Store:
    """Write RECORDS."""
    show(store, "k")
    store.index.upsert(
        [Record(f"k#{i}", NORTH, stored(attributes)) for i, attributes in enumerate(RECORDS)]
    )
    return store


def found(store: Store, where: Filter) -> set[str]:
    return {match.key for match in store.index.search_vectors(NORTH, limit=100, where=where)}


@pytest.mark.parametrize(
    "value", [1, 1.0, 0, 1.5, True, False, "1", "1.0", "1.5", "01", "true", "a", ""]
)
@pytest.mark.parametrize("comparator", ["eq", "ne", "in", "nin"])
def test_equality_compares_by_the_type_of_the_filters_value(
    of_records: Store, comparator: str, value: Value
) -> None:
    check(of_records, [Comparison(key, comparator, several(comparator, value)) for key in "xyz"])  # type: ignore[arg-type]


def several(comparator: str, value: Value) -> Value | tuple[Value, ...]:
    return (value, "b", 2) if comparator in ("in", "nin") else value


@pytest.mark.parametrize("comparator", ["gt", "gte", "lt", "lte"])
def test_comparisons_order_numbers(of_records: Store, comparator: str) -> None:
    wanted = [-3, -3.5, 0, 0.1, 1, 1.0, 1.5, 2, 1e300]
    check(of_records, [Comparison(key, comparator, value) for key in "xy" for value in wanted])  # type: ignore[arg-type]


@pytest.mark.parametrize("comparator", ["gt", "gte", "lt", "lte"])
def test_comparisons_order_texts_by_their_code_points(of_records: Store, comparator: str) -> None:
    wanted = ["", "1", "1.5", "a", "true", "ä", "a\u0308", "2026"]
    check(of_records, [Comparison(key, comparator, value) for key in "xy" for value in wanted])  # type: ignore[arg-type]


@pytest.mark.parametrize("comparator", ["in", "nin"])
def test_no_value_is_in_an_empty_list(of_records: Store, comparator: str) -> None:
    check(of_records, [Comparison("x", comparator, ()), Comparison("z", comparator, ())])  # type: ignore[arg-type]


def test_filters_can_be_nested(of_records: Store) -> None:
    one, a, unequal = Comparison("x", "eq", 1), Comparison("y", "eq", "a"), Comparison("y", "ne", 2)
    check(
        of_records,
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
    written = list(map(stored, RECORDS))
    for where in filters:
        expected = {f"k#{i}" for i, metadata in enumerate(written) if holds(where, metadata)}
        assert found(store, where) == expected, where


@pytest.mark.parametrize(
    "key",
    ["a.b", 'say "x"', "it's", "ключ", "a b", "[0]", "back\\slash", "1"]
    + ["$and", "$eq", ":x", "::x", "x-amz-meta-x", *OURS, *NOT_FILTERABLE],
)
def test_any_key_of_the_users_can_be_filtered_by(store: Store, key: str) -> None:
    show(store, "k")
    store.index.upsert(
        [
            Record("k#0", NORTH, stored({key: "v"})),
            Record("k#1", NORTH, stored({"other": "v"})),
            Record("k#2", NORTH, stored({key: "2"})),
        ]
    )
    assert found(store, Comparison(key, "eq", "v")) == {"k#0"}
    assert found(store, Comparison(key, "ne", "v")) == {"k#1", "k#2"}
    assert found(store, Comparison(key, "lt", 3)) == {"k#2"}
    assert found(store, Comparison(key, "in", ("v", 2))) == {"k#0", "k#2"}
    assert store.index.has_attribute(key)
    assert not store.index.has_attribute(f"{key}-")
    assert shown_attributes(stored({key: "v"})) == {**OUR, key: "v"}


# What a record says of itself: a source is found as it is shown, and in either form of Unicode.
@pytest.mark.parametrize("name", ["Zürich.md", "Zu\u0308rich.md"])
def test_ours_can_be_filtered_by_as_results_show_them(store: Store, name: str) -> None:
    source = f"s3://bucket/{'x' * 700}/{name}"
    ours = describe(source, "Text/Plain; charset=utf-8", 1_700_000_000.5)
    show(store, "k")
    store.index.upsert([Record("k#0", NORTH, {**to_metadata({}, ours), "page": 3})])
    for key, value in [*ours.items(), ("page", 3), ("page", "3"), ("modified", "1700000000")]:
        assert found(store, Comparison(key, "eq", value)), key
        assert not found(store, Comparison(key, "ne", value)), key
    for form in ("NFC", "NFD"):
        assert found(store, Comparison("filename", "eq", normalize(form, name)))
        assert found(store, Comparison("source", "in", (normalize(form, source),)))
    for value in ("text/plain", "TEXT/plain", "Text/Plain; charset=utf-8"):
        assert found(store, Comparison("content_type", "eq", value))
    assert found(store, Comparison("content_type", "ne", "text/plain; charset=utf-16"))


def test_a_users_attribute_is_compared_instead_of_ours(store: Store) -> None:
    show(store, "k")
    mine = {"source": "manual", "content_type": "text/plain; x=y", "modified": "yesterday"}
    store.index.upsert(
        [Record("k#0", NORTH, stored(mine)), Record("k#1", NORTH, stored({"team": "a"}))]
    )
    assert found(store, Comparison("source", "eq", "manual")) == {"k#0"}
    assert found(store, Comparison("source", "ne", "manual")) == {"k#1"}
    assert found(store, Comparison("source", "eq", "s3://bucket/a")) == {"k#1"}
    assert found(store, Comparison("modified", "gte", 0)) == {"k#1"}
    assert found(store, Comparison("modified", "gte", "y")) == {"k#0"}
    # It is a text like any other.
    assert found(store, Comparison("content_type", "eq", "text/plain")) == set()


def test_ranges_of_texts_find_the_few_that_they_hold_for(store: Store) -> None:
    """Among many that are nearer, which a store that cannot order texts finds first."""
    records = []
    show(store, "d")
    for number in range(160):
        about: dict[str, Attribute] = {"code": f"{'b' if number == 150 else 'a'}{number}"}
        about["day"] = f"2026-{1 + number // 28:02}-{1 + number % 28:02}"
        metadata = to_metadata(about, {"source": f"s3://bucket/{number}"})
        records.append(Record(f"d#{number}", vector_at(1 - number / 1000), metadata))
    store.index.upsert(records)

    def documents(where: Filter, limit: int) -> list[str]:
        matches = store.index.search_vectors(NORTH, limit=limit, where=where)
        return [match.key for match in matches]

    assert documents(Comparison("code", "gte", "b"), 10) == ["d#150"]
    assert documents(Comparison("day", "gt", "2026-06-19"), 2) == ["d#159"]
    assert documents(Comparison("day", "gte", "2026-06"), 2) == ["d#140", "d#141"]


# Few keys and values, so that many filters hold for some records. Integers that a double can hold:
# readers of JSON agree on those.
KEYS = st.sampled_from(["x", "y", "ä b", "source", "text", "content_type"])
NUMBERS = st.sampled_from([-1, 0, 1, 2, 0.5, 1.0, 2**53]) | st.integers(-(2**53), 2**53)
TEXTS = st.sampled_from(
    ["", "0", "1", "1.0", "01", "0.5", "a", "B", "ä", "a\u0308", "true", "😀", "2026", "2026-11"]
    + ["2026-11-29", "2026-11-29 10:00", "2026-11-29T10:00", "2026-11-29T10:00Z"]
    + ["2026-11-29T10:00:30Z", "2026-11-29T10:00:30.5+01:00", "20261129", "2026-1-2"]
) | st.text("0123456789-: .TZ+ä", max_size=12)
VALUES = NUMBERS | st.booleans() | TEXTS
METADATA = st.dictionaries(KEYS, VALUES, max_size=4).map(
    lambda attributes: to_metadata(read_attributes(attributes, OUR), OUR)
)
COMPARISONS = (
    st.builds(Comparison, KEYS, st.sampled_from(["eq", "ne"]), VALUES)
    | st.builds(Comparison, KEYS, st.sampled_from(["gt", "gte", "lt", "lte"]), NUMBERS | TEXTS)
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
    stores = open_source_store(SqliteAddress(str(path))), open_source_store(new_index())
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
    store = fill(open_source_store(new_index()))
    filters = [Comparison("y", "ne", "a"), Comparison("y", "nin", ("a", 2))]
    check(store, [*filters, Compound("and", tuple(filters)), Compound("or", tuple(filters))])


TIMES = st.from_regex(DATE, fullmatch=True, alphabet="0123456789-:.,TZ+ ab") | TEXTS


@given(one=TIMES, other=TIMES)
def test_dates_have_the_order_of_their_texts(one: str, other: str) -> None:
    """Else a range of texts, narrowed by their numbers, would miss some."""
    a, b = read_date(one), read_date(other)
    if a is not None and b is not None and one <= other:
        assert a <= b
