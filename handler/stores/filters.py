"""Filters by attributes, as OpenAI's vector stores take them. Each backend translates them.

(OpenAI's API reference, "Vector stores", Comparison Filter and Compound Filter.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Comparator = Literal["eq", "ne", "gt", "gte", "lt", "lte", "in", "nin"]
Value = str | int | float | bool


@dataclass(frozen=True)
class Comparison:
    """Compares an attribute with a value; with a tuple of values for `in` and `nin`.

    Only `ne` and `nin` hold for a record without the attribute. Values of different types are never
    equal and have no order; a boolean is no number.
    """

    key: str
    type: Comparator
    value: Value | tuple[Value, ...]


@dataclass(frozen=True)
class Compound:
    """Holds if all of its filters hold (`and`), or any of them (`or`)."""

    type: Literal["and", "or"]
    filters: tuple[Filter, ...]  # at least one


Filter = Comparison | Compound
