"""Lost answers, cancelled transactions, indexes made late, and deployments that lack something."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from handler.aws.client import AwsClient
from handler.errors import NotFound, ServiceUnavailable, StoreConflict, StoreGone, UnusableStore
from handler.settings import S3VectorsAddress
from handler.stores.attributes import NOT_FILTERABLE
from handler.stores.aws.catalog import DynamoDBCatalog
from handler.stores.aws.indexes import Indexes, index_name
from handler.stores.aws.keys import Keys
from handler.stores.aws.ledger import DynamoDBLedger
from handler.stores.aws.row_writes import MAX_BATCHES
from handler.stores.aws.storage import AwsStorage
from handler.stores.aws.table import Table
from handler.stores.catalog import StoredFile, VectorStoreItem
from handler.stores.contract import Store
from handler.stores.counts import Counts
from handler.stores.row import Row
from tests.handler.aws.moto_server import new_index
from tests.handler.stores.backends import item_of, mark_deleted, new_store
from tests.handler.stores.vectors import NORTH, record, show

pytestmark = pytest.mark.usefixtures("aws")
ROW = Row("file-1", "upload://file-1/a", size=3)


@pytest.fixture
def address() -> S3VectorsAddress:
    return new_index()


@pytest.fixture
def storage(address: S3VectorsAddress) -> AwsStorage:
    return AwsStorage(address)


class Once(AwsClient):
    """Raises `error` for an operation, once: before it is done, or after, as a lost answer."""

    def __init__(self, operation: str, error: Exception, *, done: bool) -> None:
        super().__init__("dynamodb", sleep=lambda _: None)
        self.calls = 0
        call = getattr(self._client, operation)

        def once(**parameters: Any) -> Any:
            self.calls += 1
            answer = call(**parameters) if done or self.calls > 1 else None
            if self.calls == 1:
                raise error
            return answer

        setattr(self._client, operation, once)


LOST = ReadTimeoutError(endpoint_url="")


def ledger_of(client: AwsClient, address: S3VectorsAddress, store: Store) -> DynamoDBLedger:
    keys = Keys(address.bucket, address.index)
    return DynamoDBLedger(Table(client, address.ledger_table), keys, store.id)


def test_a_transaction_whose_answer_is_lost_counts_once(
    storage: AwsStorage, address: S3VectorsAddress
) -> None:
    store = new_store(storage)
    client = Once("transact_write_items", LOST, done=True)
    written = ledger_of(client, address, store).put(ROW)
    assert client.calls == 2
    assert store.ledger.get("file-1") == written
    assert store.ledger.counts() == Counts(in_progress=1)


def test_a_plain_write_whose_answer_is_lost_is_made(
    storage: AwsStorage, address: S3VectorsAddress
) -> None:
    store = new_store(storage)
    old = store.ledger.put(ROW)
    client = Once("put_item", LOST, done=True)
    written = ledger_of(client, address, store).put(replace(old, owner="me"))
    assert client.calls == 2
    assert store.ledger.get("file-1") == written


def test_an_item_whose_answer_is_lost_is_written(address: S3VectorsAddress) -> None:
    client = Once("update_item", LOST, done=True)
    catalog = DynamoDBCatalog(
        Table(client, address.ledger_table), Keys(address.bucket, address.index)
    )
    file = StoredFile(id="file-1", created=1.0, filename="a", purpose="batch", size=0, sha256="")
    assert catalog.put(file) == catalog.get(StoredFile, "file-1")
    assert client.calls == 2


def cancelled(*codes: str) -> ClientError:
    about: Any = {
        "Error": {"Code": "TransactionCanceledException"},
        "CancellationReasons": [{"Code": code} for code in codes],
    }
    return ClientError(about, "TransactWriteItems")


@pytest.mark.parametrize("reason", ["TransactionConflict", "ThrottlingError"])
def test_a_transaction_that_met_another_is_tried_again(
    storage: AwsStorage, address: S3VectorsAddress, reason: str
) -> None:
    store = new_store(storage)
    client = Once("transact_write_items", cancelled("None", reason), done=False)
    ledger_of(client, address, store).put(ROW)
    assert client.calls == 2
    assert store.ledger.counts() == Counts(in_progress=1)


def test_a_transaction_that_the_service_finds_wrong_is_not_repeated(
    storage: AwsStorage, address: S3VectorsAddress
) -> None:
    client = Once("transact_write_items", cancelled("ValidationError", "None"), done=False)
    with pytest.raises(ClientError):
        ledger_of(client, address, new_store(storage)).put(ROW)
    assert client.calls == 1


def test_a_renewed_lease_is_one_plain_write(storage: AwsStorage, address: S3VectorsAddress) -> None:
    """Transactions cost twice as much, and those of a store wait for each other."""
    store = new_store(storage)
    old = store.ledger.put(ROW)
    ledger = ledger_of(
        Once("transact_write_items", AssertionError("a transaction"), done=False), address, store
    )
    written = ledger.put(replace(old, leased_until=9.0, tokens=5))
    assert store.ledger.get("file-1") == written


def test_a_file_in_too_many_batches_at_once_is_refused(storage: AwsStorage) -> None:
    store = new_store(storage)
    batches = tuple(f"vsfb_{number}" for number in range(MAX_BATCHES + 1))
    with pytest.raises(StoreConflict, match=r"is in 99 file batches.*at most 98"):
        store.ledger.put(replace(ROW, batches=batches))
    assert store.ledger.get("file-1") is None
    written = store.ledger.put(replace(ROW, batches=batches[1:]))
    store.ledger.put(replace(written, status="failed"))
    assert store.ledger.counts() == Counts(failed=1)


def test_rows_of_before_the_counts_are_counted_when_they_are_written(
    storage: AwsStorage, address: S3VectorsAddress
) -> None:
    source = storage.store(address.index)
    row = source.ledger.put(replace(ROW, status="completed"))
    client = boto3.client("dynamodb")
    key: Any = {
        "store": {"S": f"{address.bucket}/{address.index}"},
        "document": {"S": "file-1"},
    }
    client.update_item(TableName=address.ledger_table, Key=key, UpdateExpression="REMOVE created")
    client.delete_item(
        TableName=address.ledger_table,
        Key={"store": {"S": f"{key['store']['S']}#space"}, "document": {"S": "vector_store"}},
    )
    old = source.ledger.get("file-1")
    assert old == replace(row, counted=None, counted_bytes=0)
    assert source.ledger.counts() == Counts()
    source.ledger.put(old)
    assert source.ledger.counts() == Counts(completed=1, usage_bytes=3)
    assert source.ledger.page(limit=9) == [source.ledger.get("file-1")]


def test_files_outlive_a_change_of_the_model(
    storage: AwsStorage, address: S3VectorsAddress
) -> None:
    """Another model has another index, and so another store of the bucket."""
    store = new_store(storage)
    storage.store(address.index).ledger.put(ROW)
    other = AwsStorage(replace(address, index="documents-of-another-model"))
    assert [item.id for item in other.catalog.page(VectorStoreItem, limit=9)] == [store.id]
    assert other.store(other.source_store_id).ledger.rows(limit=9) == []
    assert other.catalog.stores_with("file-1") == []


def test_damaged_counts_are_reported_with_their_place(
    storage: AwsStorage, address: S3VectorsAddress
) -> None:
    store = new_store(storage)
    boto3.client("dynamodb").update_item(
        TableName=address.ledger_table,
        Key={"store": {"S": f"{address.bucket}#vector_store"}, "document": {"S": store.id}},
        UpdateExpression="SET completed = :wrong",
        ExpressionAttributeValues={":wrong": {"S": "many"}},
    )
    reads: list[Callable[[], object]] = [
        store.ledger.counts,
        lambda: storage.catalog.get(VectorStoreItem, store.id),
        lambda: storage.catalog.page(VectorStoreItem, limit=9),
    ]
    for read in reads:
        with pytest.raises(UnusableStore, match=rf"damaged at {store.id}: a count is no whole"):
            read()


# ---------------------------------------------------------------- indexes


def test_an_index_has_the_settings_of_the_deployments_own(
    storage: AwsStorage, address: S3VectorsAddress
) -> None:
    store = new_store(storage)
    store.index.upsert([record("file-1#g#0", text="pump")])
    client: Any = boto3.client("s3vectors")
    made, own = (
        client.get_index(vectorBucketName=address.bucket, indexName=name)["index"]
        for name in (index_name(store.id), address.index)
    )
    different = {"indexName", "indexArn", "creationTime", "metadataConfiguration"}
    assert {k: v for k, v in made.items() if k not in different} == {
        k: v for k, v in own.items() if k not in different
    }
    assert made["metadataConfiguration"] == own["metadataConfiguration"]
    assert set(made["metadataConfiguration"]["nonFilterableMetadataKeys"]) == set(NOT_FILTERABLE)


@pytest.mark.parametrize("language", ["de", "none"])
def test_an_index_compares_words_by_the_rules_of_the_language(language: Any) -> None:
    storage = AwsStorage(replace(new_index(), language=language))
    store = new_store(storage)
    show(store, "file-1", generation="g")
    store.index.upsert([record("file-1#g#0", text="Pumpen")])
    found = store.index.search_text("Pumpe", NORTH, limit=9)
    assert bool(found) == (language == "de")


def test_an_index_that_another_worker_makes_first_is_used(
    storage: AwsStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = new_store(storage)
    create_index = storage._vectors._client.create_index

    def twice(**parameters: Any) -> Any:
        create_index(**parameters)
        raise ClientError({"Error": {"Code": "ConflictException"}}, "CreateIndex")

    monkeypatch.setattr(storage._vectors._client, "create_index", twice)
    store.index.upsert([record("file-1#g#0")])
    assert len(store.index.read(["file-1#g#0"])) == 1


def test_a_store_that_is_deleted_while_its_index_is_made_leaves_none(
    storage: AwsStorage, address: S3VectorsAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = new_store(storage)
    create_index = storage._vectors._client.create_index

    def late(**parameters: Any) -> Any:
        mark_deleted(storage, store)
        storage.drop_vectors(store.id)
        storage.catalog.delete(item_of(storage, store))
        return create_index(**parameters)

    monkeypatch.setattr(storage._vectors._client, "create_index", late)
    with pytest.raises(StoreGone):
        store.index.upsert([record("file-1#g#0")])
    indexes = boto3.client("s3vectors").list_indexes(vectorBucketName=address.bucket)["indexes"]
    assert index_name(store.id) not in {one["indexName"] for one in indexes}


def test_a_missing_vector_bucket_is_something_to_deploy(address: S3VectorsAddress) -> None:
    catalog = AwsStorage(address).catalog
    made = catalog.put(VectorStoreItem(id="vs_1", created=1.0))
    indexes = Indexes(AwsClient("s3vectors"), catalog, bucket="nothing-here", language="en")
    with pytest.raises(ServiceUnavailable, match=r"create_index answers NotFoundException.*Deploy"):
        indexes.make(made.id)


# ---------------------------------------------------------------- older deployments


def test_a_deployment_from_before_files_says_what_it_lacks(address: S3VectorsAddress) -> None:
    storage = AwsStorage(replace(address, files_bucket=None, queue_url=None))
    with pytest.raises(NotFound, match=r"FILES_BUCKET is not set\. Deploy the current template"):
        _ = storage.blobs
    with pytest.raises(NotFound, match=r"QUEUE_URL is not set\. Deploy the current template"):
        _ = storage.tasks
    assert storage.store(address.index).ledger.rows(limit=9) == []
