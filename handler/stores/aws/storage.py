"""All that S3 Vectors, DynamoDB, S3 and SQS keep."""

from __future__ import annotations

from handler.aws.client import AwsClient
from handler.settings import S3VectorsAddress
from handler.stores.aws.index import S3VectorsIndex
from handler.stores.aws.ledger import DynamoDBLedger
from handler.stores.contract import Store


class AwsStorage:
    """See `contract.Storage`."""

    def __init__(self, address: S3VectorsAddress) -> None:
        """Neither index nor table is created or looked up here."""
        self._address = address
        self.source_store_id = address.index

    def store(self, store_id: str) -> Store:
        address = self._address
        name = f"{address.bucket}/{address.index}"
        ledger = DynamoDBLedger(AwsClient("dynamodb"), table=address.ledger_table, store=name)
        index = S3VectorsIndex(
            AwsClient("s3vectors"),
            bucket=address.bucket,
            index=address.index,
            ledger=ledger,
            language=address.language,
        )
        return Store(address.index, index, ledger)
