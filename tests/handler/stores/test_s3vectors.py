"""What is specific to S3 Vectors: limits, request sizes, missing resources."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import boto3
import numpy as np
import pytest
from botocore.exceptions import ClientError

from handler.aws.client import AwsClient
from handler.errors import DocumentRejected, ServiceUnavailable, UnusableStore
from handler.stores.attributes import Attribute
from handler.stores.contract import Record, Row
from handler.stores.dynamodb import DynamoDBLedger
from handler.stores.s3vectors import MAX_REQUEST_BYTES, S3VectorsIndex, open_s3vectors
from tests.handler.aws.moto_server import new_index
from tests.handler.aws.scripted_server import refusal, serving
from tests.handler.stores.vectors import NORTH, random_vectors, record, show
from tests.handler.stores.version_0_1 import old_row

pytestmark = pytest.mark.usefixtures("aws")


class Counting(AwsClient):
    """Records the number of vectors and the bytes of each request."""

    def __init__(self) -> None:
        super().__init__("s3vectors")
        self.requests: list[tuple[int, int]] = []
        self._client.meta.events.register("before-send", self._note)
        self._count = 0

    def call(self, operation: str, *, deadline: float | None = None, **parameters: Any) -> Any:
        self._count = len(parameters.get("vectors") or parameters.get("keys") or ())
        return super().call(operation, deadline=deadline, **parameters)

    def _note(self, request: Any, **_: Any) -> None:
        self.requests.append((self._count, len(request.body)))


@pytest.fixture
def counting() -> Counting:
    return Counting()


@pytest.fixture
def vectors(counting: Counting) -> S3VectorsIndex:
    address = new_index()
    return S3VectorsIndex(counting, bucket=address.bucket, index=address.index, ledger=AllCurrent())


class AllCurrent:
    """A ledger in which every document is whole, in the generation ""."""

    def current_generations(
        self, document_ids: Iterable[str], *, deadline: float | None = None
    ) -> Mapping[str, str]:
        return dict.fromkeys(document_ids, "")


def many(count: int, text: str) -> list[Record]:
    return [
        Record(f"k#{i}", vector, {"text": text}) for i, vector in enumerate(random_vectors(count))
    ]


def test_a_request_writes_at_most_500_vectors(vectors: S3VectorsIndex, counting: Counting) -> None:
    vectors.upsert(many(501, "short"))
    assert [count for count, _ in counting.requests] == [500, 1]


def test_a_request_deletes_at_most_500_vectors(vectors: S3VectorsIndex, counting: Counting) -> None:
    vectors.delete([f"k#{i}" for i in range(1_001)])
    assert [count for count, _ in counting.requests] == [500, 500, 1]


def test_a_request_stays_below_the_size_limit(vectors: S3VectorsIndex, counting: Counting) -> None:
    """Each record has 80 KB: botocore writes a character of 3 bytes as 6 in JSON."""
    vectors.upsert(many(300, "語" * 12_000))
    assert sum(count for count, _ in counting.requests) == 300
    largest = max(size for _, size in counting.requests)
    assert (
        0.95 * MAX_REQUEST_BYTES < largest < MAX_REQUEST_BYTES + 2_000
    )  # commas, and the index's name


LARGEST: list[dict[str, Attribute]] = [
    {"a": "x" * (2_048 - len('{"a":""}'))},
    {"a": "é" * ((2_048 - len('{"a":""}')) // 2)},
    {"text": "x" * (40_960 - len('{"text":""}'))},
    {f"key{i}": i for i in range(50)},
]
TOO_LARGE: list[tuple[dict[str, Attribute], str]] = [
    ({"a": "x" * (2_049 - len('{"a":""}'))}, "2,049 bytes of attributes.*at most 2,048"),
    ({"a": "é" * 1_021}, "2,050 bytes of attributes.*at most 2,048"),
    ({"text": "x" * (40_961 - len('{"text":""}'))}, "40,961 bytes of metadata.*at most 40,960"),
    ({f"key{i}": i for i in range(51)}, "51 metadata keys.*at most 50"),
]


@pytest.mark.parametrize("metadata", LARGEST)
def test_a_record_with_metadata_at_the_limits_is_written(
    vectors: S3VectorsIndex, metadata: dict[str, Attribute]
) -> None:
    vectors.upsert([Record("k#0", NORTH, metadata)])
    assert [match.metadata for match in vectors.search_vectors(NORTH, limit=1)] == [metadata]


@pytest.mark.parametrize(("metadata", "message"), TOO_LARGE)
def test_a_document_with_metadata_over_a_limit_is_rejected(
    vectors: S3VectorsIndex, counting: Counting, metadata: dict[str, Attribute], message: str
) -> None:
    with pytest.raises(DocumentRejected, match=message) as raised:
        vectors.upsert([record("k#0"), Record("k#1", NORTH, metadata)])
    assert raised.value.code == "invalid_file"
    assert counting.requests == []


@pytest.mark.parametrize(
    ("message", "raised"),
    [
        ("Invalid record for key 'k#0': Filterable metadata must have at most 2048 bytes", True),
        ("Invalid record for key 'k#0': Metadata object must have at most 10 keys", True),
        ("Invalid record for key 'k#0': vector must have length 384, but has length 3", False),
    ],
)
def test_a_document_that_s3_vectors_finds_too_large_is_rejected(
    monkeypatch: pytest.MonkeyPatch, message: str, raised: bool
) -> None:
    with serving([refusal("ValidationException", message=message)]) as (address, script):
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        vectors = S3VectorsIndex(
            AwsClient("s3vectors"), bucket="bucket", index="index", ledger=AllCurrent()
        )
        with pytest.raises(DocumentRejected if raised else ClientError):
            vectors.upsert([record("k#0")])
    assert script.asked == 1


def test_other_refusals_by_s3_vectors_are_raised(vectors: S3VectorsIndex) -> None:
    """For example a vector of zeros, which no model gives."""
    with pytest.raises(ClientError, match="ValidationException"):
        vectors.upsert([Record("k#0", np.zeros(384, dtype=np.float32), {})])
    with pytest.raises(ClientError, match="ValidationException"):
        vectors.search_vectors(NORTH, limit=101)


def test_a_store_of_version_0_1_goes_on_working() -> None:
    """Its keys have no generation, and its items do not say which one is current."""
    address = new_index()
    store = open_s3vectors(address)
    rows = [old_row("file-1"), old_row("file-2", status="in_progress")]
    for row in rows:
        boto3.client("dynamodb").put_item(
            TableName=address.ledger_table,
            Item={
                "store": {"S": f"{address.bucket}/{address.index}"},
                "document": {"S": row["document"]},
                "revision": {"N": str(row["revision"])},
                "status": {"S": row["status"]},
                "row": {"S": json.dumps(row)},
                "write": {"S": "w"},
            },
        )
    store.index.upsert([record("file-1#0"), record("file-2#0")])
    assert [match.key for match in store.index.search_vectors(NORTH, limit=9)] == ["file-1#0"]
    found = store.ledger.get("file-1")
    assert found is not None
    assert (found.current, found.generation, found.attributes) == ("", "", {"team": "support"})
    store.ledger.put(replace(found, current=None))
    assert store.index.search_vectors(NORTH, limit=9) == []


def test_a_record_of_another_program_is_not_found() -> None:
    store = open_s3vectors(new_index())
    show(store, "theirs")
    store.index.upsert([record("theirs#0")])
    address = new_index()
    index = S3VectorsIndex(
        AwsClient("s3vectors"), bucket=address.bucket, index=address.index, ledger=AllCurrent()
    )
    boto3.client("s3vectors").put_vectors(
        vectorBucketName=address.bucket,
        indexName=address.index,
        vectors=[{"key": "theirs", "data": {"float32": NORTH.tolist()}}],
    )
    assert index.search_vectors(NORTH, limit=9) == []


def test_rows_that_an_answer_leaves_out_are_asked_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """DynamoDB leaves out what it throttles, and what is beyond 16 MB."""
    asked: list[list[str]] = []
    ledger = DynamoDBLedger(AwsClient("dynamodb", sleep=lambda _: None), table="t", store="s")

    def batch_get_item(*, RequestItems: Any) -> Any:  # noqa: N803
        keys = RequestItems["t"]["Keys"]
        asked.append([key["document"]["S"] for key in keys])
        first, *others = keys
        item = {**first, "status": {"S": "completed"}, "current": {"S": "g"}}
        return {
            "Responses": {"t": [item]},
            "UnprocessedKeys": {"t": {"Keys": others}} if others else {},
        }

    monkeypatch.setattr(ledger._client._client, "batch_get_item", batch_get_item)
    assert ledger.current_generations(["a", "b", "c"]) == {"a": "g", "b": "g", "c": "g"}
    assert asked == [["a", "b", "c"], ["b", "c"], ["c"]]
    assert ledger.current_generations([]) == {}


def test_a_malformed_row_is_a_sentence() -> None:
    address = new_index()
    store = open_s3vectors(address)
    row = store.ledger.put(Row("file-1", "s3://bucket/1"))
    boto3.client("dynamodb").put_item(
        TableName=address.ledger_table,
        Item={
            "store": {"S": f"{address.bucket}/{address.index}"},
            "document": {"S": row.document_id},
            "revision": {"N": "1"},
            "status": {"S": "completed"},
            "row": {"S": "{"},
        },
    )
    for read in (lambda: store.ledger.get("file-1"), lambda: store.ledger.rows(limit=9)):
        with pytest.raises(UnusableStore, match=r"is damaged at file-1: .*Delete that item"):
            read()


def test_a_missing_index_or_table_is_reported_as_something_to_deploy() -> None:
    address = new_index()
    no_index = open_s3vectors(replace(address, index="nothing-here"))
    with pytest.raises(
        ServiceUnavailable, match=r"s3vectors put_vectors.*NotFoundException.*Deploy"
    ):
        no_index.index.upsert([record("k#0")])
    with pytest.raises(ServiceUnavailable, match=r"s3vectors query_vectors.*Deploy"):
        no_index.index.search_vectors(NORTH, limit=1)
    no_table = open_s3vectors(replace(address, ledger_table="nothing-here"))
    with pytest.raises(ServiceUnavailable, match=r"dynamodb put_item.*ResourceNotFound.*Deploy"):
        no_table.ledger.put(Row("file-1", "s3://bucket/1"))
    with pytest.raises(ServiceUnavailable, match="dynamodb query"):
        no_table.ledger.rows(limit=1)
