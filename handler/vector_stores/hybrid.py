"""Search one index by meaning and by words at the same time, and fuse what both find."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from handler.limits import RANKED
from handler.request_context import RequestContext
from handler.stores.contract import IncompleteMatches, Match, NoTextIndex, VectorIndex
from handler.stores.filters import Filter
from handler.vector_stores.fusion import Ranked, Weights, by_vector, fuse
from model_layer import Cancelled

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

        options = {"limit": RANKED, "where": where, "deadline": context.deadline}

        def start(find: Callable[..., list[Match]], *query: object) -> Future[list[Match]]:
            return self._threads.submit(_unless_cancelled, context, find, *query, **options)

        nearest = [
            start(index.search_vectors, query.vector)
            if weights.embedding and query.is_readable
            else _nothing()
            for query in queries
        ]
        best = [
            start(index.search_text, query.text, query.vector) if weights.text else _nothing()
            for query in queries
        ]
        try:
            if not weights.text:
                return [by_vector(found.result()) for found in nearest], _incomplete(nearest)
            return [
                fuse(by_meaning.result(), by_words.result(), weights)
                for by_meaning, by_words in zip(nearest, best, strict=True)
            ], _incomplete([*nearest, *best])
        except NoTextIndex as error:
            vectors = replace(weights, embedding=1, text=0)
            found, told = self.search(index, queries, vectors, where, context)
            return found, [f"The results are ranked by meaning alone: {error}", *told]
        finally:
            for search in (*nearest, *best):
                search.cancel()


def _incomplete(searches: Sequence[Future[list[Match]]]) -> list[str]:
    if any(isinstance(search.result(), IncompleteMatches) for search in searches):
        return [INCOMPLETE]
    return []


def _nothing() -> Future[list[Match]]:
    nothing: Future[list[Match]] = Future()
    nothing.set_result([])
    return nothing


def _unless_cancelled(
    context: RequestContext, find: Callable[..., list[Match]], *query: object, **options: object
) -> list[Match]:
    if context.is_cancelled():
        raise Cancelled
    return find(*query, **options)
