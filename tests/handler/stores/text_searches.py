"""Searches by words, as the tests of both backends make them."""

from __future__ import annotations

from handler.stores.contract import Match, Store
from handler.stores.filters import Filter
from tests.handler.stores.vectors import NORTH, record

# FTS5's, which are words in a query.
OPERATORS = ["AND", "OR", "NOT", "NEAR", "NEAR(a b)", *'*^:"(){}-+', "text:", "rank", "words"]


def search(
    store: Store, query: str, *, limit: int = 100, where: Filter | None = None
) -> list[Match]:
    return store.index.search_text(query, NORTH, limit=limit, where=where)


def found(store: Store, query: str, *, limit: int = 100) -> list[str]:
    return [match.key for match in search(store, query, limit=limit)]


def write(store: Store, *texts: str) -> None:
    """Write the chunks of the document `k`."""
    store.index.upsert([record(f"k#{place}", text=text) for place, text in enumerate(texts)])
