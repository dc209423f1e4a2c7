"""Search one index by meaning and by words at the same time, and fuse what both find."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

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
        try:
            nearest, best = self._find(index, queries, weights, where, context)
        except NoTextIndex as error:
            warnings.append(f"The results are ranked by meaning alone: {error}")
            weights = Weights(embedding=1, text=0)
            nearest, best = self._find(index, queries, weights, where, context)
        if any(isinstance(matches, IncompleteMatches) for matches in (*nearest, *best)):
            warnings.append(INCOMPLETE)
        if not weights.text:
            return [by_vector(matches) for matches in nearest], warnings
        return [fuse(*both, weights) for both in zip(nearest, best, strict=True)], warnings

    def _find(
        self,
        index: VectorIndex,
        queries: Sequence[Query],
        weights: Weights,
        where: Filter | None,
        context: RequestContext,
    ) -> tuple[list[list[Match]], list[list[Match]]]:
        """What is nearest to each query, and what is best by its words, as far as it has weight."""

        def run(find: Callable[..., list[Match]], place: int, *query: object) -> list[Match]:
            stop_if_late(context, place, len(queries), "queries", field="query")
            return find(*query, limit=RANKED, where=where, deadline=context.deadline)

        def start(find: Callable[..., list[Match]], *query: Any) -> Future[list[Match]]:
            return self._threads.submit(run, find, *query)

        by_meaning = [
            start(index.search_vectors, place, query.vector)
            if weights.embedding and query.is_readable
            else _nothing()
            for place, query in enumerate(queries)
        ]
        by_words = [
            start(index.search_text, place, query.text, query.vector)
            if weights.text
            else _nothing()
            for place, query in enumerate(queries)
        ]
        try:
            nearest = [search.result() for search in by_meaning]
            return nearest, [search.result() for search in by_words]
        finally:
            for search in (*by_meaning, *by_words):
                search.cancel()


def _nothing() -> Future[list[Match]]:
    nothing: Future[list[Match]] = Future()
    nothing.set_result([])
    return nothing
