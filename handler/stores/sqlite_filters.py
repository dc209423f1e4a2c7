"""Filters to SQL conditions on a column `metadata` that holds a JSON object."""

from __future__ import annotations

from handler.stores.filters import Comparison, Filter, Value

ORDER = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
# json_type's names for the types whose values compare with each other.
NUMBERS, TEXTS, TRUTHS = "'integer', 'real'", "'text'", "'true', 'false'"


def condition(where: Filter | None) -> tuple[str, list[str | int | float]]:
    """An SQL condition and the values of its placeholders. None: it always holds."""
    if where is None:
        return "1", []
    if not isinstance(where, Comparison):
        parts = [condition(inner) for inner in where.filters]
        joined = f" {where.type.upper()} ".join(part for part, _ in parts)
        return f"({joined})", [value for _, values in parts for value in values]
    choices = where.value if isinstance(where.value, tuple) else (where.value,)
    match where.type:
        case "eq" | "in":
            return _any_equal(where.key, choices)
        case "ne" | "nin":
            equal, values = _any_equal(where.key, choices)
            return f"NOT {equal}", values
        case _:
            return _compare(where.key, ORDER[where.type], choices[0])


def _any_equal(key: str, choices: tuple[Value, ...]) -> tuple[str, list[str | int | float]]:
    parts = [_compare(key, "=", choice) for choice in choices]
    joined = " OR ".join(part for part, _ in parts) or "0"
    return f"({joined})", [value for _, values in parts for value in values]


def _compare(key: str, operator: str, value: Value) -> tuple[str, list[str | int | float]]:
    """A comparison that is false, not null, if the metadata have no such key."""
    kinds = TRUTHS if isinstance(value, bool) else TEXTS if isinstance(value, str) else NUMBERS
    path = '$."' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return (
        f"(ifnull(json_type(metadata, ?), '') IN ({kinds}) "
        f"AND json_extract(metadata, ?) {operator} ?)",
        [path, path, int(value) if isinstance(value, bool) else value],
    )
