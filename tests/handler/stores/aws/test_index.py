"""What is specific to S3 Vectors: limits, request sizes, missing resources."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import boto3
import numpy as np
import orjson
import pytest
from botocore.exceptions import ClientError

from handler.aws.client import AwsClient
from handler.errors import DocumentRejected, InvalidRequest, ServiceUnavailable, UnusableStore
from handler.settings import S3VectorsAddress
from handler.stores import open_source_store
from handler.stores.attributes import Attribute
from handler.stores.aws.index import S3VectorsIndex
from handler.stores.aws.keys import Keys
from handler.stores.aws.ledger import DynamoDBLedger
from handler.stores.aws.records import MAX_REQUEST_BYTES
from handler.stores.aws.table import Table
from handler.stores.contract import NoTextIndex, Record
from handler.stores.filters import Comparison
from handler.stores.row import Row
from tests.fake_clock import FakeClock
from tests.handler.aws.moto_s3vectors import finish_building, make_classic
from tests.handler.aws.moto_server import BUCKET, new_index
from tests.handler.aws.scripted_server import Answer, refusal, serving
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
    vectors.upsert(many(270, "語" * 12_000))
    assert sum(count for count, _ in counting.requests) == 270
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


def test_filters_that_s3_vectors_refuses_are_the_callers_to_change(
    monkeypatch: pytest.MonkeyPatch, clock: FakeClock, texts: S3VectorsIndex
) -> None:
    """AWS states a limit of constraints in a filter, and not how it counts them."""
    where = Comparison("team", "eq", "support")
    refused = refusal("ValidationException", message="too many constraints")
    with serving([refused]) as (address, _):
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        index = index_at(S3VectorsAddress("bucket", "index", "table"), clock)
        with pytest.raises(InvalidRequest, match="Compare with fewer values") as caught:
            index.search_vectors(NORTH, limit=9, where=where)
    assert caught.value.param == "filters"
    with pytest.raises(InvalidRequest, match="Compare with fewer values"):
        texts.search_text("pump", NORTH, limit=101, where=where)  # refused for another reason


def test_a_store_of_version_0_1_goes_on_working() -> None:
    """Its keys have no generation, and its items do not say which one is current."""
    address = new_index()
    store = open_source_store(address)
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
    store = open_source_store(new_index())
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
    table = Table(AwsClient("dynamodb", sleep=lambda _: None), "t")
    ledger = DynamoDBLedger(table, Keys("bucket", "s"), "s")

    def batch_get_item(*, RequestItems: Any) -> Any:  # noqa: N803
        keys = RequestItems["t"]["Keys"]
        asked.append([key["document"]["S"] for key in keys])
        first, *others = keys
        item = {**first, "status": {"S": "completed"}, "current": {"S": "g"}}
        return {
            "Responses": {"t": [item]},
            "UnprocessedKeys": {"t": {"Keys": others}} if others else {},
        }

    monkeypatch.setattr(table._client._client, "batch_get_item", batch_get_item)
    assert ledger.current_generations(["a", "b", "c"]) == {"a": "g", "b": "g", "c": "g"}
    assert asked == [["a", "b", "c"], ["b", "c"], ["c"]]
    assert ledger.current_generations([]) == {}


def test_a_malformed_row_is_a_sentence() -> None:
    address = new_index()
    store = open_source_store(address)
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
    no_index = open_source_store(replace(address, index="nothing-here"))
    with pytest.raises(
        ServiceUnavailable, match=r"s3vectors put_vectors.*NotFoundException.*Deploy"
    ):
        no_index.index.upsert([record("k#0")])
    with pytest.raises(ServiceUnavailable, match=r"s3vectors query_vectors.*Deploy"):
        no_index.index.search_vectors(NORTH, limit=1)
    no_table = open_source_store(replace(address, ledger_table="nothing-here"))
    with pytest.raises(ServiceUnavailable, match=r"dynamodb get_item.*ResourceNotFound.*Deploy"):
        no_table.ledger.get("file-1")
    with pytest.raises(ServiceUnavailable, match="dynamodb query"):
        no_table.ledger.rows(limit=1)


# ---------------------------------------------------------------- search by words


@pytest.fixture
def address() -> S3VectorsAddress:
    return new_index()


@pytest.fixture
def texts(address: S3VectorsAddress, clock: FakeClock) -> S3VectorsIndex:
    return index_at(address, clock)


def index_at(address: S3VectorsAddress, clock: FakeClock) -> S3VectorsIndex:
    return S3VectorsIndex(
        AwsClient("s3vectors"),
        bucket=address.bucket,
        index=address.index,
        ledger=AllCurrent(),
        clock=clock.monotonic,
    )


def by_words(index: S3VectorsIndex, query: str, **options: Any) -> list[str]:
    matches = index.search_text(query, NORTH, **{"limit": 100, **options})
    return [match.key for match in matches]


def test_a_match_by_words_has_its_scores_sum_and_no_cosine(texts: S3VectorsIndex) -> None:
    texts.upsert(
        [
            record("one#0", text="The pump stops.", heading="Faults"),
            record("two#0", text="The pump of the boiler.", heading="The pump"),
            record("three#0", text="Nothing of the kind.", heading="Valves"),
        ]
    )
    first, second = texts.search_text("pump", NORTH, limit=9)
    assert (first.key, second.key) == ("two#0", "one#0")
    assert (first.bm25 or 0) > (second.bm25 or 0) > 0
    assert first.cosine is second.cosine is None
    assert first.metadata == {"text": "The pump of the boiler.", "heading": "The pump"}


@pytest.mark.parametrize(
    ("written", "query"),
    [
        ("E-2041", "E2041"),
        ("E2041", "E-2041"),
        ("AB-12-CD", "AB12-CD"),
        ("AB12CD", "ab-12-cd"),
        ("E-2041/E-2042", "e2042"),
        ("config.yaml", "yaml"),
        ("don\u2019t", "don't"),
        ("Café", "CAFE"),
        ("cafe", "café"),
        ("ﬁlter", "filter"),
        ("STRASSE", "straße"),
        ("İstanbul", "istanbul"),
        ("深い海", "深い"),
        ("हिन्दी", "हिन्दी"),
    ],
)
def test_what_is_written_in_one_way_is_found_in_another(
    texts: S3VectorsIndex, written: str, query: str
) -> None:
    texts.upsert(
        [record("k#0", text=f"See {written} for it."), record("k#1", text="See the others.")]
    )
    assert by_words(texts, query) == ["k#0"]
    texts.upsert([record("k#0", text="x", heading=f"{written}: more"), record("k#1", text="x")])
    assert by_words(texts, query) == ["k#0"]


def test_the_whole_identifier_ranks_above_its_parts(texts: S3VectorsIndex) -> None:
    texts.upsert(
        [record(f"k#{i}", text=f"Error E-{i} of unit {i + 1}.") for i in range(2_000, 2_060)]
    )
    for query in ("E-2041", "e2041"):
        assert by_words(texts, query)[0] == "k#2041"


def test_the_terms_of_a_record_are_stored_and_never_shown(
    texts: S3VectorsIndex, address: S3VectorsAddress
) -> None:
    texts.upsert([record("k#0", text="Part AB-12-CD.", heading="E-2041")])
    (match,) = texts.search_vectors(NORTH, limit=1)
    assert set(match.metadata) == {"text", "heading"}
    (stored,) = boto3.client("s3vectors").get_vectors(
        vectorBucketName=address.bucket,
        indexName=address.index,
        keys=["k#0"],
        returnMetadata=True,
    )["vectors"]
    assert dict(stored["metadata"])["terms"] == "e2041 ab12 ab12cd"


@pytest.mark.parametrize("query", ["", " ", "\u0000", "?!", "'-_.", "\ud83d", "🐘", "\u0301"])
def test_a_query_without_words_asks_nothing_and_finds_nothing(
    vectors: S3VectorsIndex, counting: Counting, query: str
) -> None:
    assert vectors.search_text(query, NORTH, limit=9) == []
    assert counting.requests == []


@pytest.mark.parametrize(
    "query",
    [
        'pump AND (OR "NOT* NEAR^2 title:x',
        "pump " + "E-2041 " * 20_000,
        "pump " + "-".join("x" * 5_000),
        "x" * 100_000 + " pump",
        "pump " + "語" * 50_000,
        "pump\u0000\ud83d",
    ],
)
def test_no_query_is_too_long_or_has_a_syntax(texts: S3VectorsIndex, query: str) -> None:
    texts.upsert([record("k#0", text="A pump."), record("k#1", text="A valve.")])
    assert by_words(texts, query) == ["k#0"]


def test_only_current_records_are_found_by_words() -> None:
    store = open_source_store(new_index())
    store.index.upsert([record(f"k#old#{i}", text="pump pump") for i in range(60)])
    store.index.upsert([record(f"k#new#{i}", text="a pump among others") for i in range(3)])
    show(store, "k", generation="new")
    found = store.index.search_text("pump", NORTH, limit=2)
    assert [match.key for match in found] == ["k#new#0", "k#new#1"]


def test_filters_hold_for_what_is_found_by_words(texts: S3VectorsIndex) -> None:
    texts.upsert([record(f"k#{i}", text="pump", number=i) for i in range(9)])
    assert by_words(texts, "pump", where=Comparison("number", "gt", 6)) == ["k#7", "k#8"]


def test_more_matches_than_a_page_of_the_service_are_found(texts: S3VectorsIndex) -> None:
    texts.upsert([record(f"k#{i:03}", text="pump") for i in range(120)])
    assert by_words(texts, "pump") == [f"k#{i:03}" for i in range(100)]
    assert by_words(texts, "pump", limit=41) == [f"k#{i:03}" for i in range(41)]


def old_index() -> S3VectorsAddress:
    """An index as version 0.1 has it: without text search and without terms."""
    new = new_index()
    address = replace(new, index=f"{new.index}-old")
    keys = ["text", "heading", "start", "end", "etag", "version", "fingerprint"]
    boto3.client("s3vectors").create_index(
        vectorBucketName=BUCKET,
        indexName=address.index,
        dataType="float32",
        dimension=384,
        distanceMetric="cosine",
        metadataConfiguration={"nonFilterableMetadataKeys": keys},
    )
    return address


def test_an_old_index_is_searched_by_words_once_it_is_upgraded(clock: FakeClock) -> None:
    """As docs/deploying.md describes it."""
    address = old_index()
    make_classic(address)
    index = index_at(address, clock)
    index.upsert([record("k#0", text="E-2041")])

    def refused(why: str) -> None:
        with pytest.raises(NoTextIndex, match=why):
            index.search_text("E2041", NORTH, limit=9)

    refused("CLASSIC mode.*docs/deploying.md")
    client: Any = boto3.client("s3vectors")
    named = {"vectorBucketName": address.bucket, "indexName": address.index}
    client.update_index_mode(**named, indexMode="ENHANCED")
    refused("CLASSIC mode")
    clock.time += 60
    refused("no text search of text, heading, terms")
    clock.time += 60
    searches = [{"metadataKey": key} for key in ("text", "heading", "terms")]
    client.update_metadata_configuration(**named, add={"textSearchConfigurations": searches})
    refused("still building")
    finish_building(address)
    clock.time += 60
    assert by_words(index, "E2041") == ["k#0"]


def test_an_old_index_gets_no_terms_that_it_has_no_room_for(clock: FakeClock) -> None:
    address = old_index()
    index = index_at(address, clock)
    text = " ".join(f"AB-{number}" for number in range(500))
    index.upsert([record("k#0", text=text), record("k#1", 0.5, text="E-1")])
    assert [match.metadata["text"] for match in index.search_vectors(NORTH, limit=9)] == [
        text,
        "E-1",
    ]
    with pytest.raises(DocumentRejected):
        index.upsert([record("k#0", terms_of_theirs="x" * 2_048, text="E-1")])


@pytest.mark.parametrize("length", [40_000, 40_940, 40_960 - len('{"text":""}')])
def test_terms_take_only_the_room_that_a_text_leaves(texts: S3VectorsIndex, length: int) -> None:
    text = ("AB-12 CD-34 " * 4_000)[:length]
    texts.upsert([record("k#0", text=text)])
    assert [match.metadata for match in texts.search_vectors(NORTH, limit=1)] == [{"text": text}]


def test_an_index_that_can_be_searched_is_asked_only_once(
    vectors: S3VectorsIndex, counting: Counting
) -> None:
    for _ in range(3):
        assert vectors.search_text("pump", NORTH, limit=9) == []
    assert len(counting.requests) == 4  # GetIndex, and three queries


def test_an_index_that_cannot_be_searched_is_asked_once_a_minute(
    clock: FakeClock, counting: Counting
) -> None:
    address = old_index()
    index = S3VectorsIndex(
        counting,
        bucket=address.bucket,
        index=address.index,
        ledger=AllCurrent(),
        clock=clock.monotonic,
    )
    for seconds in (0, 30, 29, 1):
        clock.time += seconds
        with pytest.raises(NoTextIndex):
            index.search_text("pump", NORTH, limit=9)
    assert len(counting.requests) == 2


def test_an_index_that_loses_its_text_search_says_so(
    texts: S3VectorsIndex, address: S3VectorsAddress
) -> None:
    assert by_words(texts, "pump") == []
    client: Any = boto3.client("s3vectors")
    client.update_metadata_configuration(
        vectorBucketName=address.bucket,
        indexName=address.index,
        delete={"textSearchConfigurations": [{"metadataKey": "heading"}]},
    )
    with pytest.raises(NoTextIndex, match="no text search of heading"):
        texts.search_text("pump", NORTH, limit=9)


def test_other_refusals_of_a_query_by_words_are_raised(texts: S3VectorsIndex) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        texts.search_text("pump", NORTH, limit=101)


DENIED = refusal("AccessDeniedException", 403)


def test_a_role_that_may_not_see_the_index_can_still_search_it(
    monkeypatch: pytest.MonkeyPatch, clock: FakeClock
) -> None:
    found = {"vectors": [{"key": "k#0", "scores": {"bm25Scores": []}}], "distanceMetric": "cosine"}
    with serving([DENIED, Answer(body=orjson.dumps(found))]) as (address, _):
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        index = index_at(S3VectorsAddress("bucket", "index", "table"), clock)
        assert by_words(index, "pump") == ["k#0"]


def test_a_role_that_may_not_search_by_words_is_told_what_it_needs(
    monkeypatch: pytest.MonkeyPatch, clock: FakeClock
) -> None:
    with serving([DENIED]) as (address, script):
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        index = index_at(S3VectorsAddress("bucket", "index", "table"), clock)
        for _ in range(2):
            with pytest.raises(NoTextIndex, match="s3vectors:GetVectors"):
                index.search_text("pump", NORTH, limit=9)
        assert script.asked == 2  # GetIndex and QueryVectors, and not again at once


def test_a_refusal_by_an_index_that_may_not_be_seen_says_how_to_see_it(
    monkeypatch: pytest.MonkeyPatch, clock: FakeClock
) -> None:
    with serving([DENIED, refusal("ValidationException"), DENIED]) as (address, script):
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        index = index_at(S3VectorsAddress("bucket", "index", "table"), clock)
        for _ in range(2):
            with pytest.raises(NoTextIndex, match="s3vectors:GetIndex"):
                index.search_text("pump", NORTH, limit=9)
        assert script.asked == 3


def test_a_role_that_may_not_read_the_ledger_is_not_one_without_text_search(
    address: S3VectorsAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_source_store(address)
    store.index.upsert([record("k#0", text="pump")])
    with serving([DENIED]) as (denying, _):
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", denying)
        with pytest.raises(ServiceUnavailable, match="dynamodb batch_get_item"):
            open_source_store(address).index.search_text("pump", NORTH, limit=9)


def test_an_index_that_does_not_answer_is_not_one_without_text_search(
    monkeypatch: pytest.MonkeyPatch, clock: FakeClock
) -> None:
    with serving([refusal("NotFoundException", 404)]) as (address, _):
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        index = index_at(S3VectorsAddress("bucket", "index", "table"), clock)
        with pytest.raises(ServiceUnavailable, match="Deploy"):
            index.search_text("pump", NORTH, limit=9)
