"""Warns of filter keys that no document of a store has: mostly misspelled ones."""

from __future__ import annotations

from handler.stores.attributes import OURS
from handler.stores.contract import Store
from handler.stores.filters import Filter, comparisons

MAX_KEYS = 8  # of a filter that are looked up: each may take a query


class UnknownKeys:
    """Looks up the keys of filters, and remembers those that exist. Thread-safe."""

    def __init__(self) -> None:
        self._known: set[tuple[str, str]] = set()  # of stores and keys

    def warnings(self, store: Store, where: Filter | None, *, deadline: float | None) -> list[str]:
        """A sentence for each key of the filter that no document has.

        Raises what the store's index raises.
        """
        keys = dict.fromkeys(each.key for each in comparisons(where)) if where else {}
        return [
            f"No document has the attribute '{key[:100]}'. Filters can use {', '.join(OURS)}, and "
            "what results show in 'attributes'."
            for key in [key for key in keys if key not in OURS][:MAX_KEYS]
            if not self._is_known(store, key, deadline)
        ]

    def _is_known(self, store: Store, key: str, deadline: float | None) -> bool:
        place = store.id, key
        if place not in self._known and store.index.has_attribute(key, deadline=deadline):
            self._known.add(place)
        return place in self._known
