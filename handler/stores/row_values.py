"""The values of a row that a ledger kept as JSON, checked: a damaged one is reported, not used."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

from handler.stores.counts import STATUSES

LARGEST = 1 << 53  # of a number: JSON is exact up to it for every reader


class MalformedRow(ValueError):
    """A row in a ledger is damaged. Its message says how."""


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST


def _is_number(value: object) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and abs(value) <= LARGEST  # type: ignore[arg-type]


def _is_attributes(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(each, str | int | float | bool) for each in value.values()
    )


# By the types of the fields of rows, and of a catalog's items.
CHECKS: dict[str, Callable[[object], bool]] = {
    "str": lambda value: isinstance(value, str),
    "str | None": lambda value: value is None or isinstance(value, str),
    "int": _is_integer,
    "float": _is_number,
    "float | None": lambda value: value is None or _is_number(value),
    "bool": lambda value: isinstance(value, bool),
    "UploadStatus": lambda value: value in ("pending", "completed", "cancelled", "expired"),
    "Mapping[str, str] | None": lambda value: (
        value is None
        or (isinstance(value, dict) and all(isinstance(each, str) for each in value.values()))
    ),
    "int | None": lambda value: value is None or _is_integer(value),
    "Status": lambda value: value in STATUSES,
    "Status | None": lambda value: value is None or value in STATUSES,
    "Sequence[str]": lambda value: (
        isinstance(value, list) and all(isinstance(each, str) for each in value)
    ),
    "Mapping[str, Attribute]": _is_attributes,
    "Mapping[str, Attribute] | None": lambda value: value is None or _is_attributes(value),
    "Mapping[str, int]": lambda value: (
        isinstance(value, dict) and all(map(_is_integer, value.values()))
    ),
}


def read_values(text: str, kinds: Mapping[str, str]) -> dict[str, Any]:
    """The values of the fields in `kinds` (name → type) that the JSON object `text` has.

    Raises MalformedRow if it is no such object, lacks the document's id or source, or a value has
    another type.
    """
    found = read_object(text)
    found["document_id"] = found.get("document")
    return checked(found, kinds, required=("document_id", "source"))


def checked(
    found: Mapping[str, Any], kinds: Mapping[str, str], *, required: Sequence[str]
) -> dict[str, Any]:
    """Those of the values whose fields are in `kinds` (name → type); lists as tuples.

    Raises MalformedRow if a required one is missing, or a value has another type.
    """
    values = {name: value for name, value in found.items() if name in kinds}
    for name in required:
        values.setdefault(name, None)
    for name, value in values.items():
        if not CHECKS[kinds[name]](value):
            raise MalformedRow(f"a row's '{name}' is {str(value)[:40]!r}")
        if isinstance(value, list):
            values[name] = tuple(value)
    return values


def read_object(text: str) -> dict[str, Any]:
    """The JSON object in `text`. Raises MalformedRow if there is none."""
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise MalformedRow(f"a row is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise MalformedRow(f"a row is {str(found)[:40]!r}, and not a JSON object")
    return found
