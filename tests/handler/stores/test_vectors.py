"""The contract of vector indexes (handler/stores/contract.py), on both backends."""

from __future__ import annotations

import time
from dataclasses import replace

import boto3
import numpy as np
import pytest
from numpy.typing import NDArray

from handler.errors import ServiceUnavailable
from handler.settings import S3VectorsAddress, StoreAddress
from handler.stores.attributes import Attribute
from handler.stores.contract import Record, Store
from handler.stores.filters import Comparison, Compound
from handler.stores.record_key import RecordKey
from tests.handler.stores.backends import NewAddress, open_at
from tests.handler.stores.vectors import NORTH, random_vectors, record, show, vector_at


@pytest.fixture
def store(store: Store) -> Store:
    """A store whose documents are whole; see the tests of generations below."""
    show(store, "k", "file-1")
    return store


def keys(store: Store, limit: int = 100) -> list[str]:
    return [match.key for match in store.index.search_vectors(NORTH, limit=limit)]


def test_an_empty_store_finds_nothing(store: Store) -> None:
    assert store.index.search_vectors(NORTH, limit=10) == []


def test_a_record_is_found_with_its_metadata(store: Store) -> None:
    metadata: dict[str, Attribute] = {"text": "one", "page": 3, "share": 0.125, "draft": True}
    store.index.upsert([Record("file-1#0", vector_at(0.5), metadata)])
    (match,) = store.index.search_vectors(NORTH, limit=10)
    assert match.key == "file-1#0"
    assert match.cosine == pytest.approx(0.5, abs=1e-6)
    assert match.metadata == metadata
    assert type(match.metadata["draft"]) is bool


def test_records_are_read_back_as_they_were_written(store: Store) -> None:
    vectors = random_vectors(230)
    about: dict[str, Attribute] = {"text": "é\n", "page": 3, "share": 0.1, "draft": True, ":n": 1}
    written = [
        Record(str(RecordKey("file-1", "old", number)), vector, {**about, "start": number})
        for number, vector in enumerate(vectors)
    ]
    store.index.upsert(written)
    store.index.delete([written[7].key])
    keys = [one.key for one in reversed(written)]
    read = store.index.read([*keys, "file-1#old#999"])
    del written[7]
    assert [one.key for one in read] == [one.key for one in reversed(written)]
    for old, new in zip(reversed(written), read, strict=True):
        assert new.vector.dtype == np.float32
        assert new.vector.tobytes() == old.vector.tobytes()
        assert new.metadata == old.metadata
    assert store.index.read([]) == []


def test_the_nearest_records_come_first(store: Store) -> None:
    scores = [0.3, 0.9, -1.0, 0.7, 0.0, 1.0, -0.4]
    store.index.upsert([record(f"k#{place}", score) for place, score in enumerate(scores)])
    matches = store.index.search_vectors(NORTH, limit=10)
    assert [match.key for match in matches] == ["k#5", "k#1", "k#3", "k#0", "k#4", "k#6", "k#2"]
    assert [match.cosine for match in matches] == pytest.approx(sorted(scores)[::-1], abs=1e-6)
    assert all(-1 <= (match.cosine or 0) <= 1 for match in matches)


def test_scores_are_cosines(store: Store) -> None:
    vectors = random_vectors(60)
    store.index.upsert([Record(f"k#{i}", vector, {}) for i, vector in enumerate(vectors)])
    query = random_vectors(1, seed=1)[0]
    cosines = vectors.astype(np.float64) @ query.astype(np.float64)
    order = np.argsort(-cosines)
    matches = store.index.search_vectors(query, limit=60)
    assert [match.key for match in matches] == [f"k#{i}" for i in order]
    assert [match.cosine for match in matches] == pytest.approx(cosines[order], abs=1e-5)


@pytest.mark.parametrize("limit", [1, 39, 40, 41, 100])
def test_a_query_returns_at_most_its_limit(store: Store, limit: int) -> None:
    store.index.upsert([record(f"k#{i}", 1 - i / 100) for i in range(120)])
    assert keys(store, limit) == [f"k#{i}" for i in range(limit)]


def test_an_upsert_replaces_the_whole_record(store: Store) -> None:
    store.index.upsert([record("k#0", 0.9, text="old", page=1), record("k#1", 0.5)])
    store.index.upsert([record("k#0", 0.1, text="new")])
    first, second = store.index.search_vectors(NORTH, limit=10)
    assert (first.key, second.key) == ("k#1", "k#0")
    assert second.metadata == {"text": "new"}


def test_the_last_of_two_records_with_one_key_is_kept(store: Store) -> None:
    store.index.upsert([record("k#0", 0.9, text="old"), record("k#0", 0.1, text="new")])
    (match,) = store.index.search_vectors(NORTH, limit=10)
    assert match.metadata == {"text": "new"}


def test_deleting_removes_only_the_named_records(store: Store) -> None:
    store.index.upsert([record(f"k#{i}", 1 - i / 10) for i in range(4)])
    store.index.delete(["k#0", "k#2", "k#2", "k#9", "other#0"])
    assert keys(store) == ["k#1", "k#3"]
    store.index.delete(["k#0", "k#2"])
    assert keys(store) == ["k#1", "k#3"]


def test_writing_or_deleting_nothing_is_allowed(store: Store) -> None:
    store.index.upsert([])
    store.index.delete([])
    assert keys(store) == []


def test_more_records_than_fit_one_request_are_written_and_deleted(store: Store) -> None:
    """600 records of 15 KB: more than 500, and more than 8 MiB."""
    vectors = random_vectors(600)
    text = "é" * 2_500  # 15 KB in JSON's ASCII
    records = [Record(f"k#{i}", vector, {"text": text}) for i, vector in enumerate(vectors)]
    store.index.upsert(records)
    for i in (0, 499, 500, 599):
        (match,) = store.index.search_vectors(vectors[i], limit=1)
        assert match.key == f"k#{i}"
        assert match.cosine == pytest.approx(1, abs=1e-6)
    store.index.delete([record.key for record in records if record.key != "k#577"])
    assert keys(store) == ["k#577"]


def stored(address: StoreAddress, key: str) -> NDArray[np.float32]:
    """The vector, read from the backend itself."""
    if isinstance(address, S3VectorsAddress):
        (found,) = boto3.client("s3vectors").get_vectors(
            vectorBucketName=address.bucket,
            indexName=address.index,
            keys=[key],
            returnData=True,
        )["vectors"]
        return np.array(found["data"]["float32"], dtype=np.float32)
    import apsw

    connection = apsw.Connection(address.path)
    (blob,) = next(
        connection.execute("SELECT vector FROM vectors WHERE document || '#' || chunk = ?", (key,))
    )
    connection.close()
    return np.frombuffer(blob, dtype="<f4")


def test_a_vector_is_stored_bit_for_bit(store: Store, address: StoreAddress) -> None:
    vector = random_vectors(1, seed=7)[0]
    store.index.upsert([Record("k#0", vector, {})])
    assert stored(address, "k#0").tobytes() == vector.tobytes()


@pytest.mark.parametrize(
    "text",
    ["Zażółć gęślą jaźń", "深い海", "🐘👩‍🚀", 'a\nb\t"c"\\ \'; DROP', "\u0000\u007f\u2028", ""],
)
def test_any_text_can_be_stored_and_filtered(store: Store, text: str) -> None:
    show(store, f"k{text}")
    store.index.upsert([Record(f"k{text}#0", NORTH, {"text": text, "attribute": text})])
    where = Comparison("attribute", "eq", text)
    (match,) = store.index.search_vectors(NORTH, limit=2, where=where)
    assert match.key == f"k{text}#0"
    assert match.metadata == {"text": text, "attribute": text}
    assert (
        store.index.search_vectors(NORTH, limit=2, where=Comparison("attribute", "ne", text)) == []
    )


def test_a_filter_applies_before_the_limit(store: Store) -> None:
    """A match is found even if more records than the limit are nearer."""
    store.index.upsert([record(f"k#{i}", 1 - i / 300, number=i) for i in range(300)])
    where = Compound("and", (Comparison("number", "gte", 290), Comparison("number", "ne", 295)))
    found = [match.key for match in store.index.search_vectors(NORTH, limit=5, where=where)]
    assert found == ["k#290", "k#291", "k#292", "k#293", "k#294"]


def test_records_survive_reopening(store: Store, address: StoreAddress) -> None:
    store.index.upsert([record("k#0", 0.5, text="kept")])
    assert [m.metadata for m in open_at(address).index.search_vectors(NORTH, limit=1)] == [
        {"text": "kept"}
    ]


def test_stores_are_independent(new_address: NewAddress) -> None:
    one, other = open_at(new_address()), open_at(new_address())
    show(one, "k")
    show(other, "k")
    one.index.upsert([record("k#0")])
    other.index.upsert([record("k#1")])
    other.index.delete(["k#0"])
    assert (keys(one), keys(other)) == (["k#0"], ["k#1"])


def test_nothing_is_written_after_the_deadline(store: Store) -> None:
    store.index.upsert([record("k#0")])
    with pytest.raises(ServiceUnavailable):
        store.index.upsert([record("k#1")], deadline=time.monotonic())
    with pytest.raises(ServiceUnavailable):
        store.index.delete(["k#0"], deadline=time.monotonic())
    assert keys(store) == ["k#0"]


def test_only_the_current_generation_of_a_document_is_found(store: Store) -> None:
    """Old chunks until the new ones are whole, and never a write that arrives too late."""
    store.index.upsert([record("k#new#0", 0.9), record("k#new#1", 0.8), record("k#0", 0.5)])
    store.index.upsert([record("unknown#0"), record("unknown#old#0")])
    assert keys(store) == ["k#0"]
    show(store, "k", generation="new")
    assert keys(store) == ["k#new#0", "k#new#1"]
    store.index.upsert([record("k#0", 1.0)])
    assert keys(store) == ["k#new#0", "k#new#1"]
    row = store.ledger.get("k")
    assert row is not None
    row = store.ledger.put(replace(row, status="in_progress", current=None))
    assert keys(store) == []
    store.ledger.delete(row)
    assert keys(store) == []


def test_generations_have_records_of_their_own(store: Store) -> None:
    store.index.upsert([record("k#a#0", 0.9), record("k#b#0", 0.8), record("k#0", 0.7)])
    store.index.delete(["k#b#0", "k#0"])
    show(store, "k", generation="a")
    assert keys(store) == ["k#a#0"]


@pytest.mark.parametrize("limit", [1, 10, 40])
def test_records_that_are_not_current_do_not_crowd_out_those_that_are(
    store: Store, limit: int
) -> None:
    store.index.upsert([record(f"k#old#{i}", 1 - i / 1000) for i in range(60)])
    store.index.upsert([record(f"k#new#{i}", 0.5 - i / 1000) for i in range(40)])
    show(store, "k", generation="new")
    assert keys(store, limit) == [f"k#new#{i}" for i in range(limit)]
