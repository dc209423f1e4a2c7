"""Documents share a write of vectors, and fail independently."""

from __future__ import annotations

import weakref
from typing import Any

from handler.documents.document import Document
from handler.errors import DocumentRejected
from handler.ingestion.change import Change
from handler.ingestion.document_encoder import DocumentEncoder
from handler.ingestion.outcome import Outcome
from handler.ingestion.pipeline import Pipeline
from handler.stores.contract import Store
from model_layer import Chunker, Encoder
from tests.handler.ingestion.bucket import LONG, PETS, SOURCE, Bucket, extract, found


class Counting:
    """A vector store that counts its writes."""

    def __init__(self, store: Store) -> None:
        self._vectors = store.index
        self.writes: list[int] = []  # records of each

    def __getattr__(self, name: str) -> Any:
        return getattr(self._vectors, name)

    def upsert(self, records: Any, *, deadline: float | None = None) -> None:
        if any("refuse me" in record.metadata["text"] for record in records):
            raise DocumentRejected("invalid_file", "It is refused.")
        self.writes.append(len(records))
        self._vectors.upsert(records)


def test_small_documents_share_a_request_and_a_refused_one_does_not_affect_the_others(
    store: Store, bucket: Bucket, encoder: Encoder, chunker: Chunker
) -> None:
    counting = Counting(store)
    together = Store("x", counting, store.ledger)
    pipeline = Pipeline(bucket, together, DocumentEncoder(encoder, chunker, extract))
    sources = [f"s3://bucket/{number}.txt" for number in range(10)]
    for source in sources:
        bucket.put(f"The document {source} says little.".encode(), source=source)
    results = pipeline.reconcile_all([Change(source, "0A") for source in sources])
    assert [one.result for one in results if isinstance(one, Outcome)] == ["ingested"] * 10
    assert counting.writes == [10]
    assert [len(found(store, source)) for source in sources] == [1] * 10

    bucket.put(b"Please refuse me.", source=sources[3])
    bucket.put(b"Please take me.", source=sources[4])
    bucket.put(b" ", source=sources[5])
    results = pipeline.reconcile_all([Change(source, "0B") for source in sources])
    assert [one.result for one in results if isinstance(one, Outcome)] == [
        *["unchanged"] * 3,
        *["failed", "ingested", "failed"],
        *["unchanged"] * 4,
    ]
    assert [len(found(store, source)) for source in sources] == [1, 1, 1, 0, 1, 0, 1, 1, 1, 1]


def test_a_document_named_twice_does_not_wait_for_itself(
    store: Store, bucket: Bucket, encoder: Encoder, chunker: Chunker
) -> None:
    counting = Counting(store)
    pipeline = Pipeline(
        bucket, Store("x", counting, store.ledger), DocumentEncoder(encoder, chunker, extract)
    )
    bucket.put(PETS)
    changes = [Change(SOURCE, "0A"), Change(SOURCE, "0A"), Change(SOURCE), Change(SOURCE, "0B")]
    results = pipeline.reconcile_all(changes)
    assert [one.result for one in results if isinstance(one, Outcome)] == [
        *["ingested", "accounted for", "unchanged", "unchanged"]
    ]


def test_a_failure_affects_its_own_document_only(
    store: Store, bucket: Bucket, encoder: Encoder, chunker: Chunker
) -> None:
    def failing(content: bytes, **about: Any) -> Document:
        if content == b"bug":
            raise KeyError("a bug of ours")
        return extract(content, **about)

    pipeline = Pipeline(bucket, store, DocumentEncoder(encoder, chunker, failing))
    for name, content in (("a", b"Cats."), ("b", b"bug"), ("c", b"Dogs.")):
        bucket.put(content, source=f"s3://bucket/{name}")
    results = pipeline.reconcile_all([Change(f"s3://bucket/{name}") for name in "abc"])
    assert [type(one) for one in results] == [Outcome, KeyError, Outcome]
    assert [len(found(store, f"s3://bucket/{name}")) for name in "abc"] == [1, 0, 1]


def test_one_large_document_at_most_waits_for_others(
    store: Store, bucket: Bucket, encoder: Encoder, chunker: Chunker
) -> None:
    """Each that waits for its next write is in memory as a whole."""
    read: list[weakref.ref[Document]] = []

    def tracking(content: bytes, **about: Any) -> Document:
        assert sum(document() is not None for document in read) <= 1
        document = extract(content, **about)
        read.append(weakref.ref(document))
        return document

    tracking_encoder = DocumentEncoder(encoder, chunker, tracking)
    pipeline = Pipeline(bucket, store, tracking_encoder, min_write_bytes=3_000)
    for name in "abc":
        bucket.put(LONG[:2_000], source=f"s3://bucket/{name}")
    results = pipeline.reconcile_all([Change(f"s3://bucket/{name}") for name in "abc"])
    assert [one.result for one in results if isinstance(one, Outcome)] == ["ingested"] * 3
    assert len(read) == 3


def test_a_document_is_freed_before_the_next_one_is_read(
    store: Store, bucket: Bucket, encoder: Encoder, chunker: Chunker
) -> None:
    """Documents can be large, and an invocation is given several."""
    read: list[weakref.ref[Document]] = []

    def tracking(content: bytes, **about: Any) -> Document:
        assert [document() for document in read] == [None] * len(read)
        document = extract(content, **about)
        read.append(weakref.ref(document))
        return document

    tracking_encoder = DocumentEncoder(encoder, chunker, tracking)
    pipeline = Pipeline(bucket, store, tracking_encoder, min_write_bytes=1)
    for name in "abc":
        bucket.put(PETS, source=f"s3://bucket/{name}")
    pipeline.reconcile_all([Change(f"s3://bucket/{name}") for name in "abc"])
    assert len(read) == 3
