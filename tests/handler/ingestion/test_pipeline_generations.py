"""Each writing of a document is a generation; queries find the one that is whole, and no other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from handler.errors import ServiceUnavailable
from handler.ingestion.change import Change
from handler.ingestion.document_encoder import DocumentEncoder
from handler.ingestion.leases import LEASE_SECONDS
from handler.ingestion.owners import Invocations, Processes
from handler.ingestion.pipeline import Pipeline, build_pipeline
from handler.settings import Settings, SqliteAddress
from handler.stores.contract import Match, Store
from model_layer import Chunker, Encoder
from tests.fake_clock import FakeClock
from tests.handler.ingestion.bucket import LONG, PETS, SOURCE, Bucket, extract, found, row_of


def test_a_local_run_knows_which_others_have_ended_and_a_function_does_not(
    tmp_path: Path, bucket: Bucket, encoder: Encoder, chunker: Chunker
) -> None:
    """A function's processes come and go, frozen and thawed, on machines that it cannot see."""
    address = SqliteAddress(str(tmp_path / "documents.sqlite"))
    document_encoder = DocumentEncoder(encoder, chunker, extract)
    for on_lambda, expected in ((False, Processes), (True, Invocations)):
        settings = Settings(vector_store=address, on_lambda=on_lambda)
        pipeline = build_pipeline(settings, bucket, document_encoder)
        assert isinstance(pipeline._components.owners, expected)


def test_a_document_is_found_in_its_old_form_until_the_new_one_is_whole(
    store: Store, bucket: Bucket, encoder: Encoder, chunker: Chunker
) -> None:
    states: list[list[Match]] = []

    class Watched:
        def __getattr__(self, name: str) -> Any:
            return getattr(store.index, name)

        def upsert(self, records: Any, *, deadline: float | None = None) -> None:
            store.index.upsert(records)
            states.append(found(store))

        def delete(self, keys: Any, *, deadline: float | None = None) -> None:
            states.append(found(store))
            store.index.delete(keys)

    pipeline = Pipeline(
        bucket,
        Store("x", Watched(), store.ledger),
        DocumentEncoder(encoder, chunker, extract),
        min_write_bytes=1,
    )
    bucket.put(PETS)
    pipeline.reconcile(Change(SOURCE))
    old = found(store)
    states.clear()
    bucket.put(LONG[:3_000])
    pipeline.reconcile(Change(SOURCE))
    new = found(store)
    assert len(states) > 3
    assert all(state in (old, new) for state in states)
    assert states[0] == old
    assert states[-1] == new  # before anything is deleted
    states.clear()
    bucket.objects.clear()
    pipeline.reconcile(Change(SOURCE))
    assert states == [[]]


def test_a_write_that_arrives_after_everything_changes_nothing(
    store: Store, bucket: Bucket, encoder: Encoder, chunker: Chunker, clock: FakeClock
) -> None:
    """It was never answered: its document has changed since, is gone, or has come back."""
    late: list[Any] = []

    class Losing:
        def __getattr__(self, name: str) -> Any:
            return getattr(store.index, name)

        def upsert(self, records: Any, *, deadline: float | None = None) -> None:
            late.append(records)
            raise ServiceUnavailable("no answer")

    document_encoder = DocumentEncoder(encoder, chunker, extract)
    losing = Pipeline(bucket, Store("x", Losing(), store.ledger), document_encoder, clock=clock)
    pipeline = Pipeline(bucket, store, document_encoder, clock=clock)
    bucket.put(PETS)
    with pytest.raises(ServiceUnavailable):
        losing.reconcile(Change(SOURCE))
    for content in (b"Birds sing.", None, PETS):
        clock.time += LEASE_SECONDS
        bucket.objects.clear()
        if content:
            bucket.put(content)
        pipeline.reconcile(Change(SOURCE))
        expected = found(store)
        store.index.upsert(late[0])
        assert found(store) == expected


def test_a_row_never_remembers_more_than_two_earlier_generations(
    store: Store, bucket: Bucket, encoder: Encoder, chunker: Chunker, clock: FakeClock
) -> None:
    """However often an object changes while nothing of it can be written."""

    class Failing:
        fails = True

        def __getattr__(self, name: str) -> Any:
            return getattr(store.index, name)

        def upsert(self, records: Any, *, deadline: float | None = None) -> None:
            if self.fails:
                raise ServiceUnavailable("throttled")
            store.index.upsert(records)

    failing = Failing()
    pipeline = Pipeline(
        bucket,
        Store("x", failing, store.ledger),
        DocumentEncoder(encoder, chunker, extract),
        clock=clock,
    )
    bucket.put(PETS)
    failing.fails = False
    pipeline.reconcile(Change(SOURCE))
    first = found(store)
    failing.fails = True
    for number in range(6):
        bucket.put(f"Number {number}.".encode())
        with pytest.raises(ServiceUnavailable):
            pipeline.reconcile(Change(SOURCE))
        clock.time += LEASE_SECONDS
        assert len(row_of(store).earlier) <= 2
        assert found(store) == first
    failing.fails = False
    pipeline.reconcile(Change(SOURCE))
    assert [match.metadata["text"] for match in found(store)] == ["Number 5."]
    assert (row_of(store).earlier, row_of(store).chunks) == ({}, 1)
