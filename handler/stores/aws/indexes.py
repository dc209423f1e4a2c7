"""The indexes of S3 Vectors of the stores that were made through the API.

Each store has one of its own, like VectorIndex in template.yaml. The source's index is made by the
deployment instead.
"""

from __future__ import annotations

from botocore.exceptions import ClientError

from handler.aws.client import AwsClient
from handler.errors import ServiceUnavailable, StoreGone
from handler.settings import TextLanguage
from handler.stores.attributes import NOT_FILTERABLE
from handler.stores.aws.text import SEARCHABLE, TERMS
from handler.stores.catalog import Catalog, VectorStoreItem

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
        except StoreGone:  # its index may have been looked for, to be deleted, before this
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
            raise StoreGone(store_id)


def is_missing(error: BaseException | None) -> bool:
    """Whether S3 Vectors said that there is no such index."""
    while error is not None:
        if isinstance(error, ClientError):
            return error.response["Error"]["Code"] == "NotFoundException"
        error = error.__cause__
    return False
