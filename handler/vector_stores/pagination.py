"""Pages of a list: what a list's query parameters ask for, and OpenAI's list object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from handler.errors import InvalidRequest
from handler.limits import MAX_FILE_ID, MAX_PAGE
from handler.validation import kind_of

ORDERS = ("asc", "desc")
FILE_STATUSES = ("in_progress", "completed", "failed", "cancelled")


@dataclass(frozen=True)
class Page:
    """Which part of a list is asked for. Places in it are ids."""

    limit: int = 20
    after: str | None = None
    before: str | None = None
    descending: bool = True
    status: str | None = None  # of FILE_STATUSES


def read_page(parameters: Mapping[str, str]) -> Page:
    """The page that query parameters ask for. Raises InvalidRequest naming the first wrong one."""
    limit = parameters.get("limit", "20")
    if not (limit.isascii() and limit.isdecimal() and 1 <= int(limit[:9]) <= MAX_PAGE):
        _refuse("limit", limit, f"a whole number from 1 to {MAX_PAGE}")
    order, status = parameters.get("order", "desc"), parameters.get("filter")
    if order not in ORDERS:
        _refuse("order", order, f"one of {', '.join(ORDERS)}")
    if status is not None and status not in FILE_STATUSES:
        _refuse("filter", status, f"one of {', '.join(FILE_STATUSES)}")
    for name in ("after", "before"):
        if len(place := parameters.get(name, "")) > MAX_FILE_ID:
            _refuse(name, place, f"an id, of {MAX_FILE_ID} characters at most")
    return Page(
        limit=int(limit),
        after=parameters.get("after") or None,  # an empty one is none
        before=parameters.get("before") or None,
        descending=order == "desc",
        status=status,
    )


def as_list(data: list[dict[str, Any]], *, has_more: bool) -> dict[str, Any]:
    """OpenAI's list, with the ids that the pages beside it are asked for by."""
    return {
        "object": "list",
        "data": data,
        "first_id": data[0]["id"] if data else None,
        "last_id": data[-1]["id"] if data else None,
        "has_more": has_more,
    }


def _refuse(name: str, value: str, expected: str) -> NoReturn:
    raise InvalidRequest(f"'{name}' is {kind_of(value)}; it must be {expected}.", param=name)
