"""Filters by attributes, as OpenAI's vector stores take them.

`filter_rule` says what they hold for. Each backend translates them.
(OpenAI's API reference, "Vector stores", Comparison Filter and Compound Filter.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

Comparator = Literal["eq", "ne", "gt", "gte", "lt", "lte", "in", "nin"]
Value = str | int | float | bool


@dataclass(frozen=True)
class Comparison:
    """Compares an attribute with a value; with a tuple of values for `in` and `nin`."""

    key: str
    type: Comparator
    value: Value | tuple[Value, ...]


@dataclass(frozen=True)
class Compound:
    """Holds if all of its filters hold (`and`), or any of them (`or`)."""

    type: Literal["and", "or"]
    filters: tuple[Filter, ...]  # at least one


Filter = Comparison | Compound


def comparisons(where: Filter) -> Iterator[Comparison]:
    """All comparisons in the filter."""
    if isinstance(where, Comparison):
        yield where
    else:
        for part in where.filters:
            yield from comparisons(part)


def with_keys(where: Filter, change: Callable[[str], str]) -> Filter:
    """The filter with its keys changed."""
    if isinstance(where, Comparison):
        return replace(where, key=change(where.key))
    return replace(where, filters=tuple(with_keys(part, change) for part in where.filters))
