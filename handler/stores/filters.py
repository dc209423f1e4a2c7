"""Filters by attributes, as OpenAI's vector stores take them: what stores translate.

(OpenAI's API reference, "Vector stores", Comparison Filter and Compound Filter.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Comparator = Literal["eq", "ne", "gt", "gte", "lt", "lte", "in", "nin"]
Value = str | int | float | bool


@dataclass(frozen=True)
class Comparison:
    """Whether an attribute compares so with a value; with a tuple of values for `in` and `nin`.

    A record without the attribute is one that `ne` and `nin` hold for, and no other does. Values
    of different kinds are never equal, nor in order; true is no number.
    """

    key: str
    type: Comparator
    value: Value | tuple[Value, ...]


@dataclass(frozen=True)
class Compound:
    """Whether all of its filters hold, or any of them."""

    type: Literal["and", "or"]
    filters: tuple[Filter, ...]  # one at least


Filter = Comparison | Compound
