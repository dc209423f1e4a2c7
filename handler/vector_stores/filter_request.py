"""Wire to filters: the `filters` of a search request, checked place by place."""

from __future__ import annotations

from typing import Any, NoReturn, cast

from handler.errors import InvalidRequest
from handler.limits import (
    MAX_ATTRIBUTE_KEY,
    MAX_FILTER_DEPTH,
    MAX_FILTER_ITEMS,
    MAX_FILTER_NUMBER,
    MAX_FILTER_STRING,
    MAX_FILTER_VALUES,
)
from handler.stores.attributes import NOT_FILTERABLE
from handler.stores.filters import Comparison, Compound, Filter, Value
from handler.validation import kind_of

EQUALS, ORDERS, LISTS = ("eq", "ne"), ("gt", "gte", "lt", "lte"), ("in", "nin")
TYPES = (*EQUALS, *ORDERS, *LISTS, "and", "or")

STRING = {"type": "string", "maxLength": MAX_FILTER_STRING}
NUMBER = {"type": "number", "minimum": -MAX_FILTER_NUMBER, "maximum": MAX_FILTER_NUMBER}
LIST_SIZE = {"type": "array", "minItems": 1, "maxItems": MAX_FILTER_ITEMS}
KEY = {
    "type": "string",
    "minLength": 1,
    "maxLength": MAX_ATTRIBUTE_KEY,
    "pattern": "^[^\\u0000]*$",
    "not": {"enum": list(NOT_FILTERABLE)},
}


def read_filters(value: object) -> Filter:
    """The filter that a request's `filters` stand for.

    Raises InvalidRequest naming the place of the first thing in it that is wrong.
    """
    filters = _read(value, "filters", MAX_FILTER_DEPTH)
    if (count := _count(filters)) > MAX_FILTER_VALUES:
        raise InvalidRequest(
            f"'filters' has {count} values to compare with; it may have {MAX_FILTER_VALUES}.",
            param="filters",
        )
    return filters


def _read(value: object, place: str, depth: int) -> Filter:
    if not isinstance(value, dict):
        _refuse(place, value, 'an object, like {"type": "eq", "key": "source", "value": "…"}')
    kind = value.get("type")
    if kind not in TYPES:
        _refuse(f"{place}.type", kind, f"one of {', '.join(TYPES)}")
    if kind in ("and", "or"):
        return _read_compound(value, place, depth)
    key = value.get("key")
    if not isinstance(key, str) or not 1 <= len(key) <= MAX_ATTRIBUTE_KEY or "\0" in key:
        _refuse(
            f"{place}.key", key, f"the name of an attribute, of 1 to {MAX_ATTRIBUTE_KEY} characters"
        )
    if key in NOT_FILTERABLE:
        _refuse(
            f"{place}.key",
            key,
            "the name of an attribute that can be filtered by: source, filename, content_type, "
            "page, modified, or one that the documents were given",
        )
    return Comparison(_encodable(key, f"{place}.key"), kind, _read_value(value, kind, place))


def _read_compound(value: dict[str, Any], place: str, depth: int) -> Compound:
    if not depth:
        raise InvalidRequest(
            f"'{place}' is nested too deep; comparisons may be {MAX_FILTER_DEPTH} deep in "
            "`and` and `or`.",
            param=place,
        )
    filters = value.get("filters")
    if not isinstance(filters, list) or not 1 <= len(filters) <= MAX_FILTER_ITEMS:
        _refuse(f"{place}.filters", filters, f"a list of 1 to {MAX_FILTER_ITEMS} filters")
    return Compound(
        value["type"],
        tuple(
            _read(inner, f"{place}.filters[{index}]", depth - 1)
            for index, inner in enumerate(filters)
        ),
    )


def _read_value(comparison: dict[str, Any], kind: str, place: str) -> Value | tuple[Value, ...]:
    place = f"{place}.value"
    value = comparison.get("value")
    if kind in LISTS:
        if not isinstance(value, list) or not 1 <= len(value) <= MAX_FILTER_ITEMS:
            _refuse(place, value, f"a list of 1 to {MAX_FILTER_ITEMS} strings or numbers")
        for index, item in enumerate(value):
            _check_value(item, f"{place}[{index}]", (str, int, float), "a string or a number")
        return tuple(value)
    if kind in ORDERS:
        _check_value(value, place, (int, float), f"a number, since `{kind}` compares numbers")
    else:
        _check_value(value, place, (str, int, float, bool), "a string, a number or a boolean")
    return cast(Value, value)


def _check_value(value: object, place: str, types: tuple[type, ...], expected: str) -> None:
    if type(value) not in types:
        _refuse(place, value, expected)
    if isinstance(value, str):
        if len(value) > MAX_FILTER_STRING:
            raise InvalidRequest(
                f"'{place}' has {len(value)} characters; it may have {MAX_FILTER_STRING}.",
                param=place,
            )
        _encodable(value, place)
    elif isinstance(value, int | float) and not -MAX_FILTER_NUMBER <= value <= MAX_FILTER_NUMBER:
        _refuse(place, value, f"from -{MAX_FILTER_NUMBER} to {MAX_FILTER_NUMBER}")


def _encodable(text: str, place: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        _refuse(place, text, "text that can be stored; half an emoji (a lone surrogate) cannot")
    return text


def _count(filters: Filter) -> int:
    """How many values there are to compare with."""
    if isinstance(filters, Compound):
        return sum(map(_count, filters.filters))
    return len(filters.value) if isinstance(filters.value, tuple) else 1


def _refuse(place: str, value: object, expected: str) -> NoReturn:
    raise InvalidRequest(f"'{place}' is {kind_of(value)}; it must be {expected}.", param=place)


def _comparison(types: tuple[str, ...], value: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"type": {"enum": list(types)}, "key": KEY, "value": value},
        "required": ["type", "key", "value"],
    }


def _schema(depth: int) -> dict[str, Any]:
    """What `_read` accepts. Spelled out, not recursive: depth has a limit."""
    forms = [
        _comparison(EQUALS, {"anyOf": [STRING, NUMBER, {"type": "boolean"}]}),
        _comparison(ORDERS, NUMBER),
        _comparison(LISTS, {**LIST_SIZE, "items": {"anyOf": [STRING, NUMBER]}}),
    ]
    if depth:
        filters = {**LIST_SIZE, "items": _schema(depth - 1)}
        compound = {"type": {"enum": ["and", "or"]}, "filters": filters}
        forms.append({"type": "object", "properties": compound, "required": ["type", "filters"]})
    return {"anyOf": forms}


FILTERS_SCHEMA = {
    "description": f"Which attributes the results must have. At most {MAX_FILTER_VALUES} "
    f"values to compare with, at most {MAX_FILTER_DEPTH} deep in `and` and `or`.",
    "anyOf": [*_schema(MAX_FILTER_DEPTH)["anyOf"], {"type": "null"}],
}
