"""The index of a store that was made through the API: its first records make it.

It is like VectorIndex in template.yaml. The source's index is made by the deployment instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from botocore.exceptions import ClientError
from numpy.typing import NDArray

from handler.aws.client import AwsClient
from handler.errors import ServiceUnavailable, StoreGone
from handler.settings import TextLanguage
from handler.stores.attributes import NOT_FILTERABLE
from handler.stores.aws.index import S3VectorsIndex
from handler.stores.aws.text import SEARCHABLE, TERMS
from handler.stores.catalog import Catalog, VectorStoreItem
from handler.stores.contract import Match, Record
from handler.stores.filters import Filter

T = TypeVar("T")
DIMENSIONS = 384


def index_name(store_id: str) -> str:
    """The name of a store's index, which cannot have underscores."""
    return store_id.replace("_", "-")


class Indexes:
    """Makes and deletes the indexes of stores that were made through the API."""

    def __init__(
        self, client: AwsClient, catalog: Catalog, *, bucket: str, language: TextLanguage
    ) -> None:
        """language: that of the text search."""
        self._client, self._catalog = client, catalog
        self._bucket, self._language = bucket, language

    def make(self, store_id: str, *, deadline: float | None = None) -> None:
        """Make the index of a store, unless it is there. Raises StoreGone, and leaves none then."""
        self._expect(store_id, deadline)
        language = {} if self._language == "none" else {"language": self._language}
        try:
            self._client.call(
                "create_index",
                vectorBucketName=self._bucket,
                indexName=index_name(store_id),
                dataType="float32",
                dimension=DIMENSIONS,
                distanceMetric="cosine",
                metadataConfiguration={
                    "nonFilterableMetadataKeys": list(NOT_FILTERABLE),
                    "textSearchConfigurations": [
                        {"metadataKey": key, **({} if key == TERMS else language)}
                        for key in SEARCHABLE
                    ],
                },
                deadline=deadline,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConflictException":  # another was faster
                raise
        try:
            self._expect(store_id, deadline)
        except StoreGone:  # whoever deletes its index may have looked for it before
            self.delete(store_id, deadline=deadline)
            raise

    def delete(self, store_id: str, *, deadline: float | None = None) -> None:
        """Delete the index of a store, and all that is in it. One that is gone is no error."""
        try:
            self._client.call(
                "delete_index",
                vectorBucketName=self._bucket,
                indexName=index_name(store_id),
                deadline=deadline,
            )
        except ServiceUnavailable as error:
            if not is_missing(error):
                raise

    def _expect(self, store_id: str, deadline: float | None) -> None:
        item = self._catalog.get(VectorStoreItem, store_id, deadline=deadline)
        if item is None or item.deleted:
            raise StoreGone(f"The vector store {store_id} is deleted.")


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


def is_missing(error: BaseException | None) -> bool:
    """Whether S3 Vectors said that there is no such index."""
    while error is not None:
        if isinstance(error, ClientError):
            return error.response["Error"]["Code"] == "NotFoundException"
        error = error.__cause__
    return False
