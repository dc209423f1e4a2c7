"""Filters to the filter expressions of S3 Vectors' QueryVectors.

S3 Vectors compares by type, and orders numbers only. So texts that read as a number or a date have
a copy as a number (`attributes`). Other texts cannot be ordered: a range of texts is narrowed as
far as their dates allow, and the records that are found are checked again.

The documentation does not say whether $ne and $nin hold for a vector without the key. Joined with
$exists, they do either way.
(docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-metadata-filtering.html)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from handler.stores.attributes import (
    MEDIA_TYPE_KEY,
    Attribute,
    date_key,
    keys_of,
    number_key,
    read_date,
)
from handler.stores.filter_rule import ORDER, choices
from handler.stores.filters import Comparison, Filter, comparisons

Expression = dict[str, Any]
YEAR = re.compile("[0-9]{4}")
INCLUSIVE = {"gt": "$gte", "gte": "$gte", "lt": "$lte", "lte": "$lte"}


def narrowed(where: Filter | None) -> tuple[Expression | None, bool]:
    """The expression for a filter, and whether `holds` has to check what it finds.

    The expression holds for every record that the filter holds for. None: for all.
    """
    if where is None:
        return None, False
    return expression(where), any(_orders_texts(part) for part in comparisons(where))


def expression(where: Filter) -> Expression:
    """`where` in the shape of QueryVectors, without the order of texts."""
    if not isinstance(where, Comparison):
        return {f"${where.type}": [expression(part) for part in where.filters]}
    users, *ours = [(key, _comparison(key, where)) for key in keys_of(where.key)]
    if not ours:
        return users[1]
    (_, of_ours), (key, of_users) = ours[0], users
    return _any(
        [_all([_exists(key), of_users]), _all([_absent(key), of_ours])],
    )


def exists(key: str) -> Expression:
    """Whether a record has a user's attribute."""
    return _exists(keys_of(key)[0])


def _orders_texts(where: Comparison) -> bool:
    return where.type in ORDER and isinstance(where.value, str)


def _comparison(key: str, where: Comparison) -> Expression:
    if where.type not in ORDER:
        equal = list(_equal(key, where))
        if where.type in ("eq", "in"):
            return _any([{at: {"$in": values}} for at, values in equal]) if equal else _never(key)
        return _all([_unequal(at, values) for at, values in equal]) if equal else _always(key)
    if isinstance(where.value, str):
        return _text_range(key, where.type, where.value)
    if isinstance(where.value, bool | tuple):
        return _never(key)
    return _any([{at: {f"${where.type}": where.value}} for at in (key, number_key(key))])


def _equal(key: str, where: Comparison) -> Iterator[tuple[str, list[Attribute]]]:
    """Keys with the values that equal one of the filter's. A list has values of one type."""
    wanted = choices(where)
    alternatives: list[tuple[str, Sequence[Attribute]]] = [
        (key, wanted.texts),
        (key, wanted.numbers),
        (key, wanted.booleans),
        (number_key(key), wanted.text_numbers),
    ]
    if key == "content_type":
        alternatives += [(key, wanted.media_types), (MEDIA_TYPE_KEY, wanted.media_types)]
    for at, values in alternatives:
        if values:  # S3 Vectors refuses an empty list
            yield at, list(values)


def _text_range(key: str, comparator: str, value: str) -> Expression:
    """What a range of texts can contain: dates by their numbers, and all that is no date."""
    number = int(value) * 10**10 if YEAR.fullmatch(value) else read_date(value)
    if number is None:
        return _exists(key)
    dates = {date_key(key): {INCLUSIVE[comparator]: number}}
    return _any([dates, _all([_exists(key), _absent(date_key(key))])])


def _unequal(key: str, values: list[Attribute]) -> Expression:
    return _any([_absent(key), {key: {"$nin": values}}])


def _exists(key: str) -> Expression:
    return {key: {"$exists": True}}


def _absent(key: str) -> Expression:
    return {key: {"$exists": False}}


def _never(key: str) -> Expression:
    return _all([_exists(key), _absent(key)])


def _always(key: str) -> Expression:
    return _any([_exists(key), _absent(key)])


def _all(parts: list[Expression]) -> Expression:
    return parts[0] if len(parts) == 1 else {"$and": parts}


def _any(parts: list[Expression]) -> Expression:
    return parts[0] if len(parts) == 1 else {"$or": parts}
