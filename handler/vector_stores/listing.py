"""Pages of a list that is ordered by a key. Knows no kind of item."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from handler.objects.pagination import Page

T = TypeVar("T")


class Fetch(Protocol[T]):
    """At most `limit` items after an item, which need not be there; None: from the end."""

    def __call__(self, after: T | None, *, descending: bool, limit: int) -> list[T]: ...


def read_list(
    fetch: Fetch[T], page: Page, *, after: T | None, before: T | None, key: Callable[[T], Any]
) -> tuple[list[T], bool]:
    """The items of the page, and whether there are more.

    Without `after`, a page before an item has those nearest to it.
    """
    limit, descending = page.limit + 1, page.descending
    if before is not None and after is None:
        back = fetch(before, descending=not descending, limit=limit)
        return back[: page.limit][::-1], len(back) > page.limit
    found = fetch(after, descending=descending, limit=limit)
    if before is not None:
        end = key(before)
        found = [one for one in found if (key(one) > end if descending else key(one) < end)]
    return found[: page.limit], len(found) > page.limit
