"""Filters to SQL conditions on a column `metadata` that holds a JSON object."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from unicodedata import normalize

from handler.stores.attributes import MEDIA_TYPE_KEY, keys_of, number_key
from handler.stores.filter_rule import Choices, choices
from handler.stores.filters import Comparison, Filter

Condition = tuple[str, list[str | int | float]]  # with the values of its placeholders

ORDER = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
# json_type's names for the types whose values compare with each other.
NUMBERS, TEXTS, BOOLEANS = "'integer', 'real'", "'text'", "'true', 'false'"


def condition(where: Filter | None) -> Condition:
    """An SQL condition and the values of its placeholders. None: it always holds."""
    if where is None:
        return "1", []
    if not isinstance(where, Comparison):
        return _join(where.type.upper(), [condition(inner) for inner in where.filters])
    if where.type not in ORDER:
        wanted = choices(where)
        equal, values = _first_present(where, [_equal(key, wanted) for key in keys_of(where.key)])
        return (equal if where.type in ("eq", "in") else f"NOT {equal}"), values
    return _first_present(where, [_ordered(key, where) for key in keys_of(where.key)])


def exists(key: str) -> Condition:
    """The condition that a record has a user's attribute."""
    return "json_type(metadata, ?) IS NOT NULL", [path(keys_of(key)[0])]


def path(key: str) -> str:
    """The JSON path of a key."""
    return '$."' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _first_present(where: Comparison, conditions: list[Condition]) -> Condition:
    """The condition for the first of the attribute's keys that the record has.

    Each is false if its key is absent, so only the others have to ask.
    """
    if len(conditions) == 1:
        return conditions[0]
    (users, values), ours = conditions
    absent: Condition = ("json_type(metadata, ?) IS NULL", [path(keys_of(where.key)[0])])
    return _join("OR", [(users, values), _join("AND", [absent, ours])])


def _equal(key: str, wanted: Choices) -> Condition:
    alternatives = [
        _among(key, TEXTS, wanted.texts),
        _among(key, NUMBERS, wanted.numbers),
        _among(key, BOOLEANS, [int(value) for value in wanted.booleans]),
        _among(number_key(key), NUMBERS, wanted.text_numbers),
    ]
    if key == "content_type":
        alternatives += [_among(each, TEXTS, wanted.media_types) for each in (key, MEDIA_TYPE_KEY)]
    return _join("OR", [each for each in alternatives if each[1]])


def _ordered(key: str, where: Comparison) -> Condition:
    value, operator = where.value, ORDER[where.type]
    if isinstance(value, str):
        return _compare(key, TEXTS, f"{operator} ?", [normalize("NFC", value)])
    if isinstance(value, bool | tuple):
        return "0", []
    return _join(
        "OR", [_compare(each, NUMBERS, f"{operator} ?", [value]) for each in (key, number_key(key))]
    )


def _among(key: str, kinds: str, values: Sequence[str | int | float]) -> Condition:
    if not values:
        return "0", []
    among = f"IN ({', '.join('?' * len(values))})"
    if kinds == TEXTS:  # which SQLite never takes for equal to a number
        return f"ifnull(json_extract(metadata, ?) {among}, 0)", [path(key), *values]
    return _compare(key, kinds, among, values)


def _compare(
    key: str, kinds: str, comparison: str, values: Iterable[str | int | float]
) -> Condition:
    """A comparison that is false, not null, if the metadata have no such key."""
    return (
        f"(ifnull(json_type(metadata, ?), '') IN ({kinds}) "
        f"AND json_extract(metadata, ?) {comparison})",
        [path(key), path(key), *values],
    )


def _join(operator: str, conditions: Sequence[Condition]) -> Condition:
    joined = f" {operator} ".join(part for part, _ in conditions) or "0"
    return f"({joined})", [value for _, values in conditions for value in values]
