"""What the steps of the sweep share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields

from handler.stores.catalog import Item
from handler.stores.contract import Storage

DAY = 86_400.0  # after which nothing is still being made, completed or repeated
PAGE = 200  # items that are read at a time


@dataclass(frozen=True)
class Swept:
    """How many were deleted, expired or sent again."""

    stores: int = 0
    files: int = 0
    uploads: int = 0
    parts: int = 0
    batches: int = 0
    keys: int = 0
    blobs: int = 0
    rows: int = 0
    sent: int = 0

    def __add__(self, other: Swept) -> Swept:
        names = [each.name for each in fields(self)]
        return Swept(**{name: getattr(self, name) + getattr(other, name) for name in names})


@dataclass(frozen=True)
class Site:
    """Where a sweep works."""

    storage: Storage
    now: float  # s since 1970, when it began


# Goes on after a place, "" for the beginning. After each piece of work, of at most a page: the
# place to go on after, and what was done.
Step = Callable[[Site, str], Iterator[tuple[str, Swept]]]


def all_items(site: Site, kind: type[Item], after: str) -> Iterator[list[Item]]:
    """The items of a kind whose ids come after `after`, in pages."""
    while page := site.storage.catalog.page(kind, limit=PAGE, after=after or None):
        yield page
        after = page[-1].id
