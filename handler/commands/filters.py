"""`--filter KEY=VALUE`: the filters of a search, as OpenAI's API has them."""

from __future__ import annotations

import re
from typing import Any

from handler.limits import MAX_FILTER_NUMBER

COMPARATORS = {"=": "eq", "!=": "ne", ">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}
# A value does not begin with another sign: `a==b` and `a=>b` are slips.
FILTER = re.compile(r"([^=!<>]+)(!=|>=|<=|=|>|<)(?![=<>])(.*)", re.DOTALL)
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
BOOLEANS = {"true": True, "false": False}


def read_filters(texts: list[str]) -> dict[str, Any] | None:
    """The filter that all texts together stand for; None without any. Raises ValueError."""
    filters = [_filter(text) for text in texts]
    if len(filters) > 1:
        return {"type": "and", "filters": filters}
    return filters[0] if filters else None


def _filter(text: str) -> dict[str, Any]:
    match = FILTER.fullmatch(text)
    if not match:
        raise ValueError(
            f"--filter is {text!r}; it can be KEY=VALUE, or have one of != > >= < <= in place of "
            "the =."
        )
    key, comparator, value = match[1].strip(), COMPARATORS[match[2]], match[3].strip()
    readings = _readings(value)
    if comparator in ("eq", "ne"):
        # An attribute may be the number 2024 or the text "2024".
        each = [{"type": comparator, "key": key, "value": reading} for reading in readings]
        joined = {"type": "or" if comparator == "eq" else "and", "filters": each}
        return joined if len(each) > 1 else each[0]
    return {"type": comparator, "key": key, "value": readings[-1]}


def _readings(value: str) -> list[str | float | bool]:
    """The value as a text, and as a number or a boolean if it looks like one."""
    if value.lower() in BOOLEANS:
        return [value, BOOLEANS[value.lower()]]
    if NUMBER.fullmatch(value) and abs(float(value)) <= MAX_FILTER_NUMBER:
        return [value, float(value)]
    return [value]
