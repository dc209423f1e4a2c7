"""What is interrupted goes on; what others do meanwhile is respected."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from handler.documents.document import Document
from handler.errors import DocumentBusy, DocumentUnfinished, ServiceUnavailable
from handler.ingestion.document_encoder import DocumentEncoder
from handler.ingestion.leases import LEASE_SECONDS
from handler.ingestion.pipeline import Pipeline
from handler.ingestion.planning import document_id
from handler.ingestion.sources.contract import SourceSnapshot
from handler.ingestion.storage_events import Change
from handler.stores.contract import Row, Store
from model_layer import Chunker, Encoder
from tests.handler.ingestion.bucket import LONG, PETS, SOURCE, Bucket, Clock, extract, found, row_of


def test_a_document_too_large_for_the_time_goes_on_where_it_stopped(
    store: Store, bucket: Bucket, encoder: Encoder, chunker: Chunker, clock: Clock
) -> None:
    class Slow:
        """Takes ten seconds for a window."""

        def __getattr__(self, name: str) -> Any:
            return getattr(encoder, name)

        windows = 0

        def encode(self, texts: Any, **options: Any) -> Any:
            clock.sleep(10)
            self.windows += 1
            return encoder.encode(texts, truncate="NONE")

    slow = Slow()
    pipeline = Pipeline(
        bucket, store, DocumentEncoder(slow, chunker, extract), clock=clock, min_write_bytes=1
    )  # type: ignore[arg-type]
    bucket.put(LONG)
    counts = []
    while True:
        try:
            outcome = pipeline.reconcile(Change(SOURCE, "0A"), deadline=clock.time + 65)
            break
        except DocumentUnfinished:
            counts.append(len(found(store)))
            assert row_of(store).status == "in_progress"
            assert row_of(store).owner is None  # nobody has to wait
    assert len(counts) > 2
    assert counts == sorted(set(counts))  # each went further than the one before
    windows = len([*chunker.split(LONG.decode())])
    assert slow.windows == windows  # none twice
    whole = found(store)
    assert len(whole) == outcome.chunks
    # The same as in one go.
    store.index.delete([match.key for match in whole])
    store.ledger.delete(row_of(store))
    pipeline.reconcile(Change(SOURCE))
    assert found(store) == whole


def test_while_somebody_else_ingests_the_document_it_is_waited_for(
    pipeline: Pipeline, store: Store, bucket: Bucket, clock: Clock
) -> None:
    bucket.put(PETS)
    other = Row(document_id(SOURCE), SOURCE, owner="other", leased_until=clock.time + LEASE_SECONDS)
    store.ledger.put(other)
    with pytest.raises(DocumentBusy):
        pipeline.reconcile(Change(SOURCE))
    assert 20 < clock.time - 1_000_000 < 25
    assert found(store) == []
    clock.time += LEASE_SECONDS  # it never came back
    assert pipeline.reconcile(Change(SOURCE)).result == "ingested"


def test_two_at_a_time_leave_one_whole_document(
    store: Store, bucket: Bucket, encoder: Encoder, chunker: Chunker, clock: Clock
) -> None:
    """The object is overwritten, and ingested by another, while we have read the old content."""
    bucket.put(LONG)
    other = Pipeline(bucket, store, DocumentEncoder(encoder, chunker, extract), clock=clock)  # type: ignore[arg-type]

    def meanwhile(content: bytes, **about: Any) -> Document:
        if content == LONG:
            bucket.put(PETS)
            assert other.reconcile(Change(SOURCE, "0B")).result == "ingested"
        return extract(content, **about)

    pipeline = Pipeline(bucket, store, DocumentEncoder(encoder, chunker, meanwhile), clock=clock)  # type: ignore[arg-type]
    assert pipeline.reconcile(Change(SOURCE, "0A")).result == "accounted for"
    assert len(found(store)) == row_of(store).chunks < 5


def test_after_a_failure_the_next_try_goes_on_when_nothing_can_be_on_its_way(
    store: Store, bucket: Bucket, encoder: Encoder, chunker: Chunker, clock: Clock
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
        clock=clock,  # type: ignore[arg-type]
        min_write_bytes=1,
    )
    bucket.put(LONG)
    with pytest.raises(ServiceUnavailable):
        pipeline.reconcile(Change(SOURCE))
    row = row_of(store)
    assert row.status == "in_progress"
    assert row.written == len(found(store)) > 0
    # The write that failed may still arrive, for as long as a write may take.
    with pytest.raises(DocumentBusy):
        pipeline.reconcile(Change(SOURCE))
    clock.time += LEASE_SECONDS
    pipeline.reconcile(Change(SOURCE))
    windows = len([*chunker.split(LONG.decode())])
    assert failing.calls == windows + 1


def test_any_number_of_vectors_is_deleted_part_by_part(
    store: Store, bucket: Bucket, encoder: Encoder, chunker: Chunker, clock: Clock
) -> None:
    """2,500 a second, as S3 Vectors does: eighty thousand take longer than a lease allows."""

    class Throttled:
        deleted: list[str] = []

        def __getattr__(self, name: str) -> Any:
            return getattr(store.index, name)

        def delete(self, keys: Any, *, deadline: float) -> None:
            for start in range(0, len(keys), 500):
                if clock.time > deadline:
                    raise ServiceUnavailable("The time for it is up.")
                clock.sleep(0.2)
                self.deleted += keys[start : start + 500]

    throttled = Throttled()
    pipeline = Pipeline(
        bucket,
        Store("x", throttled, store.ledger),
        DocumentEncoder(encoder, chunker, extract),
        clock=clock,  # type: ignore[arg-type]
    )
    document = document_id(SOURCE)
    store.ledger.put(Row(document, SOURCE, status="completed", chunks=80_000, written=80_000))
    left = []
    for _ in range(10):
        try:
            assert pipeline.reconcile(Change(SOURCE), deadline=clock.time + 15).result == "removed"
            break
        except (DocumentUnfinished, ServiceUnavailable):
            left.append(row_of(store).chunks)
            clock.time += LEASE_SECONDS
    assert left == sorted(set(left), reverse=True)  # each went further than the one before
    assert set(throttled.deleted) == {f"{document}#{number}" for number in range(80_000)}
    assert store.ledger.get(document) is None


@pytest.mark.parametrize("half", [False, True], ids=["completed", "in progress"])
def test_what_comes_back_after_half_a_removal_is_whole(
    half: bool,
    pipeline: Pipeline,
    store: Store,
    bucket: Bucket,
    clock: Clock,
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
    assert found(store) == whole


def test_what_is_removed_while_it_is_read_for_the_first_time_is_not_written(
    store: Store, bucket: Bucket, encoder: Encoder, chunker: Chunker
) -> None:
    """Who hears of the removal finds neither object nor row, and leaves no trace."""
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
def test_what_comes_back_while_something_else_is_dealt_with_stays(
    between: bytes | None,
    store: Store,
    bucket: Bucket,
    encoder: Encoder,
    chunker: Chunker,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The store has the content that comes back: who hears of it has nothing to do."""
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
    assert found(store) == before
    assert row_of(store).status == "completed"
