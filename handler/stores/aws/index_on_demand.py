"""The vector index of a store that was made through the API: its first records make it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from handler.errors import ServiceUnavailable
from handler.stores.aws.index import S3VectorsIndex
from handler.stores.aws.indexes import Indexes, is_missing
from handler.stores.contract import Match, Record
from handler.stores.filters import Filter

T = TypeVar("T")


class IndexOnDemand:
    """See `contract.VectorIndex`."""

    def __init__(self, index: S3VectorsIndex, indexes: Indexes, store_id: str) -> None:
        self._index, self._indexes, self._store_id = index, indexes, store_id

    def upsert(self, records: Sequence[Record], *, deadline: float | None = None) -> None:
        """Also raises StoreGone."""
        try:
            self._index.upsert(records, deadline=deadline)
        except ServiceUnavailable as error:
            if not is_missing(error):
                raise
            self._indexes.make(self._store_id, deadline=deadline)
            self._index.upsert(records, deadline=deadline)

    def delete(self, keys: Sequence[str], *, deadline: float | None = None) -> None:
        _or_else(None, lambda: self._index.delete(keys, deadline=deadline))

    def read(self, keys: Sequence[str], *, deadline: float | None = None) -> list[Record]:
        return _or_else([], lambda: self._index.read(keys, deadline=deadline))

    def has_attribute(self, key: str, *, deadline: float | None = None) -> bool:
        return _or_else(False, lambda: self._index.has_attribute(key, deadline=deadline))

    def search_vectors(
        self,
        vector: NDArray[np.float32],
        *,
        limit: int,
        where: Filter | None = None,
        deadline: float | None = None,
    ) -> list[Match]:
        return _or_else(
            [],
            lambda: self._index.search_vectors(vector, limit=limit, where=where, deadline=deadline),
        )

    def search_text(
        self,
        query: str,
        vector: NDArray[np.float32],
        *,
        limit: int,
        where: Filter | None = None,
        deadline: float | None = None,
    ) -> list[Match]:
        return _or_else(
            [],
            lambda: self._index.search_text(
                query, vector, limit=limit, where=where, deadline=deadline
            ),
        )


def _or_else(nothing: T, ask: Callable[[], T]) -> T:
    """What `ask` returns; `nothing` if there is no index."""
    try:
        return ask()
    except ServiceUnavailable as error:
        if not is_missing(error):
            raise
        return nothing
