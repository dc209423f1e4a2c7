"""The pipeline makes the store agree with the bucket, whatever the events say."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from handler import documents
from handler.documents.document import Document
from handler.errors import DocumentBusy, DocumentRejected, OutOfTime, StoreUnavailable
from handler.filters import Comparison
from handler.leases import LEASE
from handler.limits import MAX_DOCUMENT
from handler.objects import Files, StoredObject
from handler.pipeline import Pipeline, document_id
from handler.settings import SqliteAddress
from handler.storage_events import Change
from handler.stores.contract import Match, Row, Store
from handler.stores.sqlite import open_sqlite
from model_layer import Chunker, Encoder, load_chunker

SOURCE = "s3://bucket/handbook/pets.md"
PETS = b"# Cats\n\nCats sleep for most of the day.\n\n# Dogs\n\nDogs want to go for a walk."
LONG = " ".join(f"This is sentence number {number} of many." for number in range(400)).encode()


class Bucket:
    """Objects in memory."""

    def __init__(self) -> None:
        self.objects: dict[str, StoredObject] = {}
        self.reads = 0

    def put(self, content: bytes, *, source: str = SOURCE, **about: Any) -> None:
        def read() -> bytes:
            self.reads += 1
            return content

        known = StoredObject(
            etag=f"etag-{hash(content)}",
            version="v1",
            size=len(content),
            modified=1_700_000_000.5,
            content_type="text/markdown",
            read=read,
        )
        self.objects[source] = replace(known, **about)

    def find(self, source: str, *, deadline: float | None = None) -> StoredObject | None:
        return self.objects.get(source)


class Clock:
    """Stands still, unless somebody sleeps."""

    def __init__(self) -> None:
        self.time = 1_000_000.0

    def now(self) -> float:
        return self.time

    monotonic = now

    def sleep(self, seconds: float) -> None:
        self.time += seconds


def extract(content: bytes, *, name: str, content_type: str | None, seconds: float) -> Document:
    return documents.extract(content, name=name, content_type=content_type)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_sqlite(SqliteAddress(str(tmp_path / "documents.sqlite")))


@pytest.fixture
def bucket() -> Bucket:
    return Bucket()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def chunker(encoder: Encoder) -> Chunker:
    """Windows of some 600 characters, so that a document of some pages has several."""
    return Chunker(encoder.tokenizer, max_tokens=64, overlap=8, window=600)


@pytest.fixture
def pipeline(
    store: Store, bucket: Bucket, clock: Clock, encoder: Encoder, chunker: Chunker
) -> Pipeline:
    return Pipeline(bucket, store, encoder, chunker, extract, clock=clock)  # type: ignore[arg-type]


def found(store: Store, source: str = SOURCE) -> list[Match]:
    """What the store has of a document, chunk by chunk."""
    where = Comparison("source", "eq", source)
    matches = store.vectors.query(np.ones(384, np.float32), limit=100, where=where)
    return sorted(matches, key=lambda match: int(match.key.partition("#")[2]))


def row_of(store: Store, source: str = SOURCE) -> Row:
    row = store.ledger.get(document_id(source))
    assert row is not None
    return row


def test_a_new_document_is_in_the_store_with_all_that_is_known_of_it(
    pipeline: Pipeline, store: Store, bucket: Bucket, encoder: Encoder
) -> None:
    bucket.put(PETS, metadata={"team": "animals", "year": "2024", "draft": "false"})
    outcome = pipeline.reconcile(Change(SOURCE, "0A"))
    assert (outcome.result, outcome.document) == ("ingested", document_id(SOURCE))
    matches = found(store)
    assert [match.key for match in matches] == [
        f"{outcome.document}#{number}" for number in range(outcome.chunks)
    ]
    text = PETS.decode()
    for match in matches:
        about = dict(match.metadata)
        part = text[int(about["start"]) : int(about["end"])]
        assert about.pop("text") == part
        assert about.pop("heading") in ("Cats", "Dogs")
        del about["start"], about["end"]
        assert about == {
            "source": SOURCE,
            "filename": "pets.md",
            "content_type": "text/markdown",
            "modified": 1_700_000_000,
            "team": "animals",
            "year": 2024,
            "draft": False,
            "etag": bucket.objects[SOURCE].etag,
            "version": "v1",
            "fingerprint": encoder.bundle.fingerprint,
        }
        vector = encoder.encode([part]).vectors[0]
        (best,) = store.vectors.query(vector, limit=1)
        assert (best.key, round(best.score, 5)) == (match.key, 1.0)
    row = row_of(store)
    assert (row.status, row.chunks, row.tokens) == ("completed", len(matches), outcome.tokens)
    assert (row.sequencer, row.size, row.owner) == ("0A", len(PETS), None)


def test_an_event_that_came_twice_costs_no_look_at_the_bucket(
    pipeline: Pipeline, bucket: Bucket
) -> None:
    bucket.put(PETS)
    first = pipeline.reconcile(Change(SOURCE, "0A"))
    bucket.objects.clear()  # would be seen
    assert pipeline.reconcile(Change(SOURCE, "0A")) == replace(first, result="accounted for")
    assert pipeline.reconcile(Change(SOURCE, "09")) == replace(first, result="accounted for")
    assert pipeline.reconcile(Change(SOURCE, "0B")).result == "removed"


def test_unchanged_content_is_not_read_again(pipeline: Pipeline, bucket: Bucket) -> None:
    bucket.put(PETS)
    pipeline.reconcile(Change(SOURCE, "0A"))
    assert pipeline.reconcile(Change(SOURCE, "0B")).result == "unchanged"
    assert pipeline.reconcile(Change(SOURCE)).result == "unchanged"  # a backfill
    assert bucket.reads == 1


def test_new_attributes_are_new_content(pipeline: Pipeline, store: Store, bucket: Bucket) -> None:
    bucket.put(PETS, metadata={"team": "animals"})
    pipeline.reconcile(Change(SOURCE))
    bucket.put(PETS, metadata={"team": "birds"})
    assert pipeline.reconcile(Change(SOURCE)).result == "ingested"
    assert {match.metadata["team"] for match in found(store)} == {"birds"}


def test_other_settings_ingest_again(
    pipeline: Pipeline, store: Store, bucket: Bucket, encoder: Encoder
) -> None:
    bucket.put(LONG)
    pipeline.reconcile(Change(SOURCE, "0A"))
    other = load_chunker(encoder.tokenizer, max_tokens=256, overlap=0)
    outcome = Pipeline(bucket, store, encoder, other, extract).reconcile(Change(SOURCE, "0A"))
    assert outcome.result == "ingested"
    assert len(found(store)) == outcome.chunks


def test_a_document_that_has_shrunk_loses_its_surplus(
    pipeline: Pipeline, store: Store, bucket: Bucket
) -> None:
    bucket.put(LONG)
    assert pipeline.reconcile(Change(SOURCE)).chunks > 10
    bucket.put(PETS)
    outcome = pipeline.reconcile(Change(SOURCE))
    assert len(found(store)) == outcome.chunks < 5
    assert row_of(store).chunks == outcome.chunks


def test_a_late_event_of_an_older_write_changes_nothing(
    pipeline: Pipeline, store: Store, bucket: Bucket
) -> None:
    bucket.put(PETS)
    pipeline.reconcile(Change(SOURCE, "0B"))
    before = found(store)
    pipeline.reconcile(Change(SOURCE, "0A"))  # of a write, or of a removal: nobody asks
    assert found(store) == before


def test_a_removed_document_leaves_nothing(
    pipeline: Pipeline, store: Store, bucket: Bucket
) -> None:
    bucket.put(PETS)
    pipeline.reconcile(Change(SOURCE, "0A"))
    bucket.objects.clear()
    assert pipeline.reconcile(Change(SOURCE, "0B")).result == "removed"
    assert found(store) == []
    assert store.ledger.get(document_id(SOURCE)) is None
    # And an event of its past does not bring it back.
    assert pipeline.reconcile(Change(SOURCE, "0A")).result == "absent"


@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        (b"", "invalid_file", "no text"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "unsupported_file", "PNG picture"),
        (b"%PDF-1.7 and no more", "invalid_file", "PDF"),
    ],
)
def test_a_document_that_cannot_be_read_is_noted_and_its_past_deleted(
    content: bytes, code: str, message: str, pipeline: Pipeline, store: Store, bucket: Bucket
) -> None:
    bucket.put(PETS)
    pipeline.reconcile(Change(SOURCE, "0A"))
    bucket.put(content, content_type=None)
    outcome = pipeline.reconcile(Change(SOURCE, "0B"))
    assert outcome.result == "failed"
    row = row_of(store)
    assert (row.status, row.error_code, row.chunks) == ("failed", code, 0)
    assert message in (row.error or "")
    assert found(store) == []
    # It is not tried again, until it is another.
    assert pipeline.reconcile(Change(SOURCE, "0C")) == replace(outcome, result="unchanged")
    bucket.put(PETS)
    assert pipeline.reconcile(Change(SOURCE, "0D")).result == "ingested"
    assert row_of(store).error is None


def test_a_document_over_the_limit_is_not_downloaded(
    pipeline: Pipeline, store: Store, bucket: Bucket
) -> None:
    bucket.put(PETS, size=MAX_DOCUMENT + 1)
    assert pipeline.reconcile(Change(SOURCE)).result == "failed"
    assert bucket.reads == 0
    assert row_of(store).error == (
        "The document has 52,428,801 bytes; the limit is 52,428,800. Split it into smaller ones."
    )


def test_what_the_store_refuses_is_noted_too(
    store: Store, bucket: Bucket, encoder: Encoder, chunker: Chunker
) -> None:
    class Refusing:
        def __getattr__(self, name: str) -> Any:
            return getattr(store.vectors, name)

        def upsert(self, records: Any, *, deadline: float | None = None) -> None:
            store.vectors.upsert(records[:1])
            raise DocumentRejected("invalid_file", "It is too much.")

    refusing = Store("x", Refusing(), store.ledger)
    bucket.put(LONG)
    outcome = Pipeline(bucket, refusing, encoder, chunker, extract).reconcile(Change(SOURCE))
    assert (outcome.result, outcome.error) == ("failed", "It is too much.")
    assert found(store) == []
    assert row_of(store).owner is None


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
    pipeline = Pipeline(bucket, store, slow, chunker, extract, clock=clock)  # type: ignore[arg-type]
    bucket.put(LONG)
    counts = []
    while True:
        try:
            outcome = pipeline.reconcile(Change(SOURCE, "0A"), deadline=clock.time + 65)
            break
        except OutOfTime:
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
    store.vectors.delete([match.key for match in whole])
    store.ledger.delete(row_of(store))
    pipeline.reconcile(Change(SOURCE))
    assert found(store) == whole


def test_while_somebody_else_ingests_the_document_it_is_waited_for(
    pipeline: Pipeline, store: Store, bucket: Bucket, clock: Clock
) -> None:
    bucket.put(PETS)
    other = Row(document_id(SOURCE), SOURCE, owner="other", leased_until=clock.time + LEASE)
    store.ledger.put(other)
    with pytest.raises(DocumentBusy):
        pipeline.reconcile(Change(SOURCE))
    assert 20 < clock.time - 1_000_000 < 25
    assert found(store) == []
    clock.time += LEASE  # it never came back
    assert pipeline.reconcile(Change(SOURCE)).result == "ingested"


def test_two_at_a_time_leave_one_whole_document(
    store: Store, bucket: Bucket, encoder: Encoder, chunker: Chunker, clock: Clock
) -> None:
    """The object is overwritten, and ingested by another, while we have read the old content."""
    bucket.put(LONG)
    other = Pipeline(bucket, store, encoder, chunker, extract, clock=clock)  # type: ignore[arg-type]

    def meanwhile(content: bytes, **about: Any) -> Document:
        if content == LONG:
            bucket.put(PETS)
            assert other.reconcile(Change(SOURCE, "0B")).result == "ingested"
        return extract(content, **about)

    pipeline = Pipeline(bucket, store, encoder, chunker, meanwhile, clock=clock)  # type: ignore[arg-type]
    assert pipeline.reconcile(Change(SOURCE, "0A")).result == "accounted for"
    assert len(found(store)) == row_of(store).chunks < 5


def test_a_failure_ends_the_lease_and_the_next_try_goes_on(
    store: Store, bucket: Bucket, encoder: Encoder, chunker: Chunker
) -> None:
    class Failing:
        calls = 0

        def __getattr__(self, name: str) -> Any:
            return getattr(store.vectors, name)

        def upsert(self, records: Any, *, deadline: float | None = None) -> None:
            self.calls += 1
            if self.calls == 3:
                raise StoreUnavailable("throttled")
            store.vectors.upsert(records)

    failing = Failing()
    pipeline = Pipeline(bucket, Store("x", failing, store.ledger), encoder, chunker, extract)
    bucket.put(LONG)
    with pytest.raises(StoreUnavailable):
        pipeline.reconcile(Change(SOURCE))
    row = row_of(store)
    assert (row.owner, row.status) == (None, "in_progress")
    assert row.written == len(found(store)) > 0
    pipeline.reconcile(Change(SOURCE))
    windows = len([*chunker.split(LONG.decode())])
    assert failing.calls == windows + 1


def test_a_page_and_its_number_come_with_each_chunk(
    store: Store, encoder: Encoder, chunker: Chunker, tmp_path: Path
) -> None:
    from fpdf import FPDF

    pdf = FPDF()
    pdf.set_font("Helvetica", size=12)
    for number in ("one", "two", "three"):
        pdf.add_page()
        pdf.multi_cell(0, text=f"This is page {number}. " * 12)
    path = tmp_path / "a b.pdf"
    pdf.output(str(path))
    outcome = Pipeline(Files(), store, encoder, chunker, extract).reconcile(Change(path.as_uri()))
    assert outcome.result == "ingested"
    matches = found(store, path.as_uri())
    assert {match.metadata["page"] for match in matches} == {1, 2, 3}
    assert {match.metadata["filename"] for match in matches} == {"a b.pdf"}
    for match in matches:
        number = ("one", "two", "three")[int(match.metadata["page"]) - 1]
        assert f"page {number}" in str(match.metadata["text"])


def test_files_that_are_gone_or_closed_to_us_are_told_apart(tmp_path: Path) -> None:
    assert Files().find((tmp_path / "none.txt").as_uri()) is None
    (tmp_path / "folder").mkdir()
    with pytest.raises(StoreUnavailable, match="cannot be read: Is a directory"):
        Files().find((tmp_path / "folder").as_uri())
    file = tmp_path / "a#b?c%20d.txt"
    file.write_text("x")
    os.utime(file, (5, 5))
    about = Files().find(file.as_uri())
    assert about is not None
    assert (about.size, about.modified, about.content_type) == (1, 5.0, "text/plain")
