"""All that S3 Vectors, DynamoDB, S3 and SQS keep."""

from __future__ import annotations

from functools import cached_property, lru_cache

from handler.aws.client import AwsClient
from handler.errors import NotFound
from handler.settings import S3VectorsAddress
from handler.stores.aws.blobs import S3Blobs
from handler.stores.aws.catalog import DynamoDBCatalog
from handler.stores.aws.index import S3VectorsIndex
from handler.stores.aws.index_on_demand import IndexOnDemand
from handler.stores.aws.indexes import Indexes, index_name
from handler.stores.aws.keys import Keys
from handler.stores.aws.ledger import DynamoDBLedger
from handler.stores.aws.table import Table
from handler.stores.aws.tasks import SqsTasks
from handler.stores.contract import Store

STORES_KEPT = 256  # whose objects are kept: they remember whether their texts can be searched
TOO_OLD = (
    "This deployment {problem}: {setting} is not set. Deploy the current template with "
    "Ingestion=true, or set it for both functions; docs/deploying.md says how."
)


class AwsStorage:
    """See `contract.Storage`."""

    def __init__(self, address: S3VectorsAddress) -> None:
        """No resource is made or looked up here."""
        self._address = address
        self._keys = Keys(address.bucket, address.index)
        self._table = Table(AwsClient("dynamodb"), address.ledger_table)
        self._vectors = AwsClient("s3vectors")
        self.source_store_id = address.index
        self.catalog = DynamoDBCatalog(self._table, self._keys)
        self._indexes = Indexes(
            self._vectors, self.catalog, bucket=address.bucket, language=address.language
        )
        self.store = lru_cache(STORES_KEPT)(self._open)

    @cached_property
    def blobs(self) -> S3Blobs:
        """Raises NotFound if the deployment has no bucket for files."""
        if self._address.files_bucket is None:
            raise _not_deployed("keeps no files", "FILES_BUCKET")
        return S3Blobs(AwsClient("s3"), self._address.files_bucket)

    @cached_property
    def tasks(self) -> SqsTasks:
        """Raises NotFound if the deployment does not say where its queue is."""
        if self._address.queue_url is None:
            raise _not_deployed("has no queue", "QUEUE_URL")
        return SqsTasks(AwsClient("sqs"), self._address.queue_url)

    def _open(self, store_id: str) -> Store:
        ledger = DynamoDBLedger(self._table, self._keys, store_id)
        is_source = store_id == self.source_store_id
        index = S3VectorsIndex(
            self._vectors,
            bucket=self._address.bucket,
            index=store_id if is_source else index_name(store_id),
            ledger=ledger,
            language=self._address.language,
        )
        made = index if is_source else IndexOnDemand(index, self._indexes, store_id)
        return Store(store_id, made, ledger)

    def drop_vectors(self, store_id: str, *, deadline: float | None = None) -> None:
        self._indexes.delete(store_id, deadline=deadline)

    def drop_rows(self, store_id: str, *, deadline: float | None = None) -> bool:
        ledger = DynamoDBLedger(self._table, self._keys, store_id)
        return ledger.drop(deadline=deadline)


def _not_deployed(problem: str, setting: str) -> NotFound:
    return NotFound(TOO_OLD.format(problem=problem, setting=setting), code="files_not_configured")
