"""An interrupted run resumes, and respects what others did meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from handler.documents.document import Document
from handler.errors import (
    DocumentBusy,
    DocumentUnfinished,
    ServiceUnavailable,
    SourceChanged,
    StoreConflict,
)
from handler.ingestion.attempt import MAX_TRIES
from handler.ingestion.change import Change
from handler.ingestion.document_encoder import DocumentEncoder
from handler.ingestion.leases import LEASE_SECONDS
from handler.ingestion.pipeline import Pipeline
from handler.ingestion.planning import document_id
from handler.ingestion.sources.contract import SourceSnapshot
from handler.stores.contract import Store
from handler.stores.row import Row
from model_layer import Chunker, Encoder
from tests.fake_clock import START, FakeClock
from tests.handler.ingestion.bucket import (
    LONG,
    PETS,
    SOURCE,
    Bucket,
    contents,
    extract,
    found,
    row_of,
)


def test_a_document_too_large_for_one_run_resumes_where_it_stopped(
    store: Store, bucket: Bucket, encoder: Encoder, chunker: Chunker, clock: FakeClock
) -> None:
    class Slow:
        """An encoder that takes ten seconds for a window."""

        def __getattr__(self, name: str) -> Any:
            return getattr(encoder, name)

        windows = 0

        def encode(self, texts: Any, **options: Any) -> Any:
            clock.sleep(10)
            self.windows += 1
            return encoder.encode(texts, truncate="NONE")

    slow: Any = Slow()
    pipeline = Pipeline(
        bucket, store, DocumentEncoder(slow, chunker, extract), clock=clock, min_write_bytes=1
    )
    bucket.put(LONG)
    counts = []
    while True:
        try:
            outcome = pipeline.reconcile(Change(SOURCE, "0A"), deadline=clock.time + 65)
            break
        except DocumentUnfinished:
            counts.append(row_of(store).written)
            assert found(store) == []  # nothing is shown until the document is whole
            assert row_of(store).status == "in_progress"
            assert row_of(store).owner is None  # the next run need not wait
    assert len(counts) > 2
    assert counts == sorted(set(counts))  # each run got further than the one before
    windows = len([*chunker.split(LONG.decode())])
    assert slow.windows == windows  # none was encoded twice
    whole = found(store)
    assert len(whole) == outcome.chunks
    # A single run gives the same.
    store.index.delete([match.key for match in whole])
    store.ledger.delete(row_of(store))
    pipeline.reconcile(Change(SOURCE))
    assert contents(found(store)) == contents(whole)


def test_a_document_leased_by_another_run_is_waited_for(
    pipeline: Pipeline, store: Store, bucket: Bucket, clock: FakeClock
) -> None:
    bucket.put(PETS)
    other = Row(document_id(SOURCE), SOURCE, owner="other", leased_until=clock.time + LEASE_SECONDS)
    store.ledger.put(other)
    with pytest.raises(DocumentBusy):
        pipeline.reconcile(Change(SOURCE))
    assert 20 < clock.time - START < 25
    assert found(store) == []
    clock.time += LEASE_SECONDS  # the other run never came back
    assert pipeline.reconcile(Change(SOURCE)).result == "ingested"


def test_two_concurrent_runs_leave_one_whole_document(
    store: Store, bucket: Bucket, encoder: Encoder, chunker: Chunker, clock: FakeClock
) -> None:
    """Another run ingests new content, while this one still holds the old."""
    bucket.put(LONG)
    other = Pipeline(bucket, store, DocumentEncoder(encoder, chunker, extract), clock=clock)

    def meanwhile(content: bytes, **about: Any) -> Document:
        if content == LONG:
            bucket.put(PETS)
            assert other.reconcile(Change(SOURCE, "0B")).result == "ingested"
        return extract(content, **about)

    pipeline = Pipeline(bucket, store, DocumentEncoder(encoder, chunker, meanwhile), clock=clock)
    assert pipeline.reconcile(Change(SOURCE, "0A")).result == "accounted for"
    assert len(found(store)) == row_of(store).chunks < 5


def test_after_a_failed_write_the_next_run_waits_for_the_lease_and_resumes(
    store: Store, bucket: Bucket, encoder: Encoder, chunker: Chunker, clock: FakeClock
) -> None:
    class Failing:
        calls = 0

        def __getattr__(self, name: str) -> Any:
            return getattr(store.index, name)

        def upsert(self, records: Any, *, deadline: float | None = None) -> None:
            self.calls += 1
            if self.calls == 3:
                raise ServiceUnavailable("throttled")
            store.index.upsert(records)

    failing = Failing()
    failing_store = Store("x", failing, store.ledger)
    pipeline = Pipeline(
        bucket,
        failing_store,
        DocumentEncoder(encoder, chunker, extract),
        clock=clock,
        min_write_bytes=1,
    )
    bucket.put(LONG)
    with pytest.raises(ServiceUnavailable):
        pipeline.reconcile(Change(SOURCE))
    row = row_of(store)
    assert row.status == "in_progress"
    assert row.written > 0
    # The failed write may still arrive, until its deadline.
    with pytest.raises(DocumentBusy):
        pipeline.reconcile(Change(SOURCE))
    clock.time += LEASE_SECONDS
    pipeline.reconcile(Change(SOURCE))
    windows = len([*chunker.split(LONG.decode())])
    assert failing.calls == windows + 1


def test_more_vectors_than_one_lease_allows_are_deleted_in_several_runs(
    store: Store, bucket: Bucket, encoder: Encoder, chunker: Chunker, clock: FakeClock
) -> None:
    """S3 Vectors deletes 2,500 a second: 80,000 take longer than a lease allows."""

    deleted: list[str] = []

    class Throttled:
        def __getattr__(self, name: str) -> Any:
            return getattr(store.index, name)

        def delete(self, keys: Sequence[str], *, deadline: float | None = None) -> None:
            assert deadline is not None
            for start in range(0, len(keys), 500):
                if clock.time > deadline:
                    raise ServiceUnavailable("The deadline has passed.")
                clock.sleep(0.2)
                deleted.extend(keys[start : start + 500])

    pipeline = Pipeline(
        bucket,
        Store("x", Throttled(), store.ledger),
        DocumentEncoder(encoder, chunker, extract),
        clock=clock,
    )
    document = document_id(SOURCE)
    store.ledger.put(Row(document, SOURCE, status="completed", chunks=80_000, written=80_000))
    left = []
    for _ in range(10):
        try:
            assert pipeline.reconcile(Change(SOURCE), deadline=clock.time + 15).result == "removed"
            break
        except (DocumentUnfinished, ServiceUnavailable):
            left.append(row_of(store).earlier[""])
            clock.time += LEASE_SECONDS
    assert left == sorted(set(left), reverse=True)  # each run got further than the one before
    assert set(deleted) == {f"{document}#{number}" for number in range(80_000)}
    assert store.ledger.get(document) is None


@pytest.mark.parametrize("half", [False, True], ids=["completed", "in progress"])
def test_a_document_that_returns_after_half_a_removal_is_whole(
    half: bool,
    pipeline: Pipeline,
    store: Store,
    bucket: Bucket,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bucket.put(LONG)
    pipeline.reconcile(Change(SOURCE))
    whole = found(store)
    if half:
        store.ledger.put(replace(row_of(store), status="in_progress"))
    here = bucket.objects.copy()
    bucket.objects.clear()
    with monkeypatch.context() as patch:

        def crash(*_: Any, **__: Any) -> None:
            raise ServiceUnavailable("before the row is deleted")

        patch.setattr(store.ledger, "delete", crash)
        with pytest.raises(ServiceUnavailable):
            pipeline.reconcile(Change(SOURCE))
    assert found(store) == []
    bucket.objects |= here
    clock.time += LEASE_SECONDS
    pipeline.reconcile(Change(SOURCE))
    assert contents(found(store)) == contents(whole)


def test_a_document_removed_during_its_first_read_is_not_written(
    store: Store, bucket: Bucket, encoder: Encoder, chunker: Chunker
) -> None:
    """The run for the removal finds neither object nor row, and leaves no trace."""
    other = Pipeline(bucket, store, DocumentEncoder(encoder, chunker, extract))

    def meanwhile(content: bytes, **about: Any) -> Document:
        bucket.objects.clear()
        assert other.reconcile(Change(SOURCE, "0B")).result == "absent"
        return extract(content, **about)

    bucket.put(PETS)
    pipeline = Pipeline(bucket, store, DocumentEncoder(encoder, chunker, meanwhile))
    assert pipeline.reconcile(Change(SOURCE, "0A")).result == "removed"
    assert found(store) == []
    assert store.ledger.get(document_id(SOURCE)) is None


@pytest.mark.parametrize("between", [LONG, b" ", None], ids=["other", "unreadable", "removed"])
def test_content_that_returns_during_another_run_stays(
    between: bytes | None,
    store: Store,
    bucket: Bucket,
    encoder: Encoder,
    chunker: Chunker,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The store already has the returning content, so the run for it has nothing to do."""
    other = Pipeline(bucket, store, DocumentEncoder(encoder, chunker, extract))
    bucket.put(PETS)
    other.reconcile(Change(SOURCE, "0A"))
    before = found(store)

    def find(source: str, *, deadline: float | None = None) -> SourceSnapshot | None:
        monkeypatch.undo()
        seen = bucket.find(source)
        bucket.put(PETS)
        assert other.reconcile(Change(SOURCE, "0C")).result == "unchanged"
        return seen

    bucket.objects.clear()
    if between is not None:
        bucket.put(between)
    monkeypatch.setattr(bucket, "find", find)
    Pipeline(bucket, store, DocumentEncoder(encoder, chunker, extract)).reconcile(
        Change(SOURCE, "0B")
    )
    assert contents(found(store)) == contents(before)
    assert row_of(store).status == "completed"


class Changing(Bucket):
    """An object that has other content at every look."""

    def __init__(self, **about: Any) -> None:
        super().__init__()
        self.looks, self.about = 0, about

    def find(self, source: str, *, deadline: float | None = None) -> SourceSnapshot | None:
        self.looks += 1
        self.put(b"A line. " * self.looks, **self.about)
        return super().find(source)


def test_an_object_that_keeps_changing_is_left_for_later(
    store: Store, encoder: Encoder, chunker: Chunker, clock: FakeClock
) -> None:
    bucket = Changing()
    pipeline = Pipeline(bucket, store, DocumentEncoder(encoder, chunker, extract), clock=clock)
    with pytest.raises(SourceChanged, match="is changing: it is tried again later"):
        pipeline.reconcile(Change(SOURCE))
    assert bucket.looks == 2 * MAX_TRIES
    assert row_of(store).owner is None  # the next one need not wait
    assert found(store) == []


def test_a_file_that_keeps_changing_is_ingested_as_it_was_read(
    store: Store, encoder: Encoder, chunker: Chunker, clock: FakeClock
) -> None:
    bucket = Changing(is_copy=True)
    pipeline = Pipeline(bucket, store, DocumentEncoder(encoder, chunker, extract), clock=clock)
    assert pipeline.reconcile(Change(SOURCE)).result == "ingested"
    (match,) = found(store)
    assert str(match.metadata["text"]).count("A line.") == 2 * MAX_TRIES - 1


def test_a_row_that_others_keep_changing_is_left_for_later(
    store: Store, bucket: Bucket, encoder: Encoder, chunker: Chunker, clock: FakeClock
) -> None:
    class Contested:
        puts = 0

        def __getattr__(self, name: str) -> Any:
            return getattr(store.ledger, name)

        def put(self, row: Row, *, deadline: float | None = None) -> Row:
            self.puts += 1
            raise StoreConflict("Another writer has written the row.")

    ledger = Contested()
    contested = Store("x", store.index, ledger)
    bucket.put(PETS)
    pipeline = Pipeline(bucket, contested, DocumentEncoder(encoder, chunker, extract), clock=clock)
    with pytest.raises(StoreConflict):
        pipeline.reconcile(Change(SOURCE))
    assert ledger.puts == MAX_TRIES
