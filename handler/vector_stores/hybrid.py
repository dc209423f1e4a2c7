"""Search one index by meaning and by words at the same time, and fuse what both find."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from handler.embeddings.encoding import stop_if_late
from handler.limits import RANKED
from handler.request_context import RequestContext
from handler.stores.contract import IncompleteMatches, Match, NoTextIndex, VectorIndex
from handler.stores.filters import Filter
from handler.vector_stores.fusion import Ranked, Weights, by_vector, fuse

# Searches at a time: a network's latency is waited for side by side, and a file's two searches use
# two CPUs.
AT_ONCE = 8
NO_WORDS = "The words of this store cannot be searched, so only meaning ranks the results:"
INCOMPLETE = (
    "There may be more results: this store cannot look for a range of strings, only filter what it "
    "finds. Ranges of numbers and of ISO dates have no such limit."
)


@dataclass(frozen=True)
class Query:
    """A query with its vector."""

    text: str
    vector: NDArray[np.float32]  # (384,)
    is_readable: bool  # whether the vector says anything


class HybridSearcher:
    """Searches indexes, with threads of its own. Thread-safe."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="search")

    def search(
        self,
        index: VectorIndex,
        queries: Sequence[Query],
        weights: Weights,
        where: Filter | None,
        context: RequestContext,
    ) -> tuple[list[list[Ranked]], list[str]]:
        """What each query finds, in no order, and warnings.

        An index without words is searched by vector alone, and a warning says so. Raises what the
        index raises.
        """
        warnings = []
        with _Searches(self._threads, index, queries, where, context) as searches:
            by_meaning = searches.by_meaning() if weights.embedding else None
            by_words = searches.by_words() if weights.text else None
            try:
                best = _results(by_words, queries)
            except NoTextIndex as error:
                warnings.append(f"{NO_WORDS} {error}")
                weights, best = Weights(embedding=1, text=0), []
                by_meaning = by_meaning or searches.by_meaning()
            nearest = _results(by_meaning, queries)
        if any(isinstance(matches, IncompleteMatches) for matches in (*nearest, *best)):
            warnings.append(INCOMPLETE)
        if not weights.text:
            return [by_vector(matches) for matches in nearest], warnings
        words_alone = replace(weights, embedding=0.0)
        return [
            fuse(near, matching, weights if query.is_readable else words_alone)
            for query, near, matching in zip(queries, nearest, best, strict=True)
        ], warnings


class _Searches:
    """The searches of one request, on threads. At its end, those that have not begun never do."""

    def __init__(
        self,
        threads: ThreadPoolExecutor,
        index: VectorIndex,
        queries: Sequence[Query],
        where: Filter | None,
        context: RequestContext,
    ) -> None:
        self._threads, self._index, self._queries = threads, index, queries
        self._where, self._context = where, context
        self._started: list[Future[list[Match]]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        for search in self._started:
            search.cancel()

    def by_meaning(self) -> list[Future[list[Match]]]:
        """A search for each query by its vector. One that says nothing finds nothing."""
        return [
            self._start(place, self._index.search_vectors, query.vector)
            if query.is_readable
            else _nothing()
            for place, query in enumerate(self._queries)
        ]

    def by_words(self) -> list[Future[list[Match]]]:
        """A search for each query by its words."""
        return [
            self._start(place, self._index.search_text, query.text, query.vector)
            for place, query in enumerate(self._queries)
        ]

    def _start(
        self, place: int, find: Callable[..., list[Match]], *query: object
    ) -> Future[list[Match]]:
        search = self._threads.submit(self._run, place, find, *query)
        self._started.append(search)
        return search

    def _run(self, place: int, find: Callable[..., list[Match]], *query: object) -> list[Match]:
        stop_if_late(self._context, place, len(self._queries), "queries", field="query")
        return find(*query, limit=RANKED, where=self._where, deadline=self._context.deadline)


def _results(
    searches: Sequence[Future[list[Match]]] | None, queries: Sequence[Query]
) -> list[list[Match]]:
    """What each query found; nothing if there were no searches."""
    return [[] for _ in queries] if searches is None else [one.result() for one in searches]


def _nothing() -> Future[list[Match]]:
    nothing: Future[list[Match]] = Future()
    nothing.set_result([])
    return nothing
