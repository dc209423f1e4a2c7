"""What filters hold for.

`holds` is the rule; a backend's translation must select the same records. The type of the filter's
value decides how it is compared:

- a string with the text of the attribute: equal if the attribute has it as written, or in Unicode's
  NFC or NFD; ordered by code points. It also equals a number or a boolean that JSON writes so. The
  `content_type` also equals its media type without parameters, in any case;
- a number with numbers, and with texts that are a number in JSON, of at most 15 digits and without
  an exponent;
- a boolean with booleans, and with the texts "true" and "false".

Only `ne` and `nin` hold for a record without the attribute. A user's attribute with the name of one
of ours is compared instead of ours.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from unicodedata import normalize

from handler.stores.attributes import Attribute, keys_of, media_type, read_number
from handler.stores.filters import Comparison, Compound, Filter

ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}


@dataclass(frozen=True)
class Choices:
    """The values that equal one of a filter's, by their types."""

    texts: tuple[str, ...]
    numbers: tuple[int | float, ...]  # of numbers
    text_numbers: tuple[int | float, ...]  # of texts that read as a number
    booleans: tuple[bool, ...]
    media_types: tuple[str, ...]  # of `content_type`, if it is ours


def holds(where: Filter, metadata: Mapping[str, Attribute]) -> bool:
    """Whether the filter holds for a record with these metadata."""
    if isinstance(where, Compound):
        parts = (holds(part, metadata) for part in where.filters)
        return all(parts) if where.type == "and" else any(parts)
    key = next((key for key in keys_of(where.key) if key in metadata), None)
    actual = None if key is None else metadata[key]
    if where.type in ORDER:
        return actual is not None and _is_ordered(actual, where)
    is_equal = key is not None and actual is not None and _equals(key, actual, choices(where))
    return is_equal is (where.type in ("eq", "in"))


def choices(where: Comparison) -> Choices:
    """What equals one of the filter's values."""
    values = where.value if isinstance(where.value, tuple) else (where.value,)
    texts = [value for value in values if isinstance(value, str)]
    booleans = [value for value in values if isinstance(value, bool)]
    numbers = [value for value in values if not isinstance(value, str | bool)]
    typed = [read for text in texts if (read := _typed(text)) is not None]
    return Choices(
        texts=_distinct([form for text in texts for form in forms(text)])
        + _distinct(["true" if value else "false" for value in booleans]),
        numbers=_distinct(numbers + [value for value in typed if not isinstance(value, bool)]),
        text_numbers=_distinct(numbers),
        booleans=_distinct(booleans + [value for value in typed if isinstance(value, bool)]),
        media_types=_distinct([media_type(text) for text in texts if ";" not in text]),
    )


def forms(text: str) -> tuple[str, ...]:
    """The forms in which an attribute may have the text. A user's has NFC; a source has any."""
    return _distinct([text, normalize("NFC", text), normalize("NFD", text)])


def _equals(key: str, actual: Attribute, wanted: Choices) -> bool:
    if isinstance(actual, bool):
        return actual in wanted.booleans
    if isinstance(actual, int | float):
        return actual in wanted.numbers
    if key == "content_type" and media_type(actual) in wanted.media_types:
        return True
    return actual in wanted.texts or read_number(actual) in wanted.text_numbers


def _is_ordered(actual: Attribute, where: Comparison) -> bool:
    value: Any = where.value
    compare = ORDER[where.type]
    if isinstance(value, str):
        return isinstance(actual, str) and compare(actual, normalize("NFC", value))
    number = read_number(actual) if isinstance(actual, str) else actual
    return (
        not isinstance(value, bool)
        and not isinstance(number, bool | None)
        and compare(number, value)
    )


def _typed(text: str) -> int | float | bool | None:
    """The number or boolean that JSON writes so."""
    if text in ("true", "false"):
        return text == "true"
    number = read_number(text)
    if isinstance(number, float) and number.is_integer():
        return None  # written without a fraction
    return number if number is not None and str(number) == text else None


def _distinct(values: list[Any]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(values))
