"""The pipeline makes the store match the bucket, whatever the events say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from handler.errors import DocumentRejected
from handler.ingestion.change import Change
from handler.ingestion.document_encoder import DocumentEncoder
from handler.ingestion.pipeline import Pipeline
from handler.ingestion.planning import document_id
from handler.ingestion.sources.contract import SourceSnapshot
from handler.limits import MAX_DOCUMENT
from handler.stores.contract import Store
from handler.stores.record_key import RecordKey
from model_layer import Chunker, Encoder, load_chunker
from tests.handler.ingestion.bucket import LONG, PETS, SOURCE, Bucket, extract, found, row_of


def test_a_new_document_is_stored_with_its_metadata(
    pipeline: Pipeline, store: Store, bucket: Bucket, encoder: Encoder
) -> None:
    theirs = {"team": "animals", "year": "2024", "draft": "false"}
    bucket.put(PETS, metadata={**theirs, "text": "none", "version": "7", "page": "7"})
    outcome = pipeline.reconcile(Change(SOURCE, "0A"))
    assert (outcome.result, outcome.document_id) == ("ingested", document_id(SOURCE))
    assert row_of(store).attributes == bucket.objects[SOURCE].metadata
    matches = found(store)
    assert [match.key for match in matches] == [
        str(RecordKey(outcome.document_id, row_of(store).generation, number))
        for number in range(outcome.chunks)
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
            "year": "2024",
            ":year": 2024,
            "draft": "false",
            "x-amz-meta-text": "none",
            "x-amz-meta-version": "7",
            ":x-amz-meta-version": 7,
            "x-amz-meta-page": "7",
            ":x-amz-meta-page": 7,
            "etag": bucket.objects[SOURCE].etag,
            "version": "v1",
            "fingerprint": encoder.bundle.fingerprint,
        }
        # What is encoded also names the sections above, which the text does not.
        read = "Cats\n" + part if part.startswith("Cats") else part
        vector = encoder.encode([read]).vectors[0]
        (best,) = store.index.search_vectors(vector, limit=1)
        assert (best.key, round(best.cosine or 0, 5)) == (match.key, 1.0)
    row = row_of(store)
    assert (row.status, row.chunks, row.tokens) == ("completed", len(matches), outcome.tokens)
    assert (row.sequencer, row.size, row.owner) == ("0A", len(PETS), None)


def test_a_row_has_the_documents_warnings_and_the_attributes_that_it_states(
    pipeline: Pipeline, store: Store, bucket: Bucket
) -> None:
    bucket.put("Tea. ห้องสมุดเปิดเวลาเก้าโมงเช้า means: it opens at nine.".encode())
    outcome = pipeline.reconcile(Change(SOURCE))
    assert outcome.result == "ingested"
    (warning,) = row_of(store).warnings
    assert "unknown to the model" in warning
    assert outcome.warnings == (warning,)
    bucket.put(b"Tea is ready.")
    assert pipeline.reconcile(Change(SOURCE)).warnings == ()
    assert row_of(store).warnings == ()


def test_a_document_that_the_model_cannot_read_is_recorded_as_failed(
    pipeline: Pipeline, store: Store, bucket: Bucket
) -> None:
    bucket.put(PETS)
    pipeline.reconcile(Change(SOURCE))
    bucket.put("ห้องสมุดเปิดเวลาเก้าโมงเช้า".encode())
    assert pipeline.reconcile(Change(SOURCE)).result == "failed"
    assert "unknown to the model" in (row_of(store).error or "")
    assert not found(store)


def test_a_duplicate_event_does_not_read_the_bucket(pipeline: Pipeline, bucket: Bucket) -> None:
    bucket.put(PETS)
    first = pipeline.reconcile(Change(SOURCE, "0A"))
    bucket.objects.clear()  # a look at the bucket would notice
    assert pipeline.reconcile(Change(SOURCE, "0A")) == replace(first, result="accounted for")
    assert pipeline.reconcile(Change(SOURCE, "0a")) == replace(first, result="accounted for")
    assert pipeline.reconcile(Change(SOURCE, "0B")).result == "removed"


def test_an_older_event_is_accounted_for_after_a_look_at_the_bucket(
    pipeline: Pipeline, bucket: Bucket
) -> None:
    bucket.put(PETS)
    first = pipeline.reconcile(Change(SOURCE, "0A"))
    assert pipeline.reconcile(Change(SOURCE, "09")) == replace(first, result="accounted for")
    assert bucket.reads == 1


@pytest.mark.parametrize(
    "forged", ["F" * 18, "f" * 64, "F" * 65, "0xZZ", "", "é", "\x00", "9" * 9999]
)
def test_a_forged_sequencer_does_not_hide_later_events(
    forged: str, pipeline: Pipeline, bucket: Bucket, store: Store
) -> None:
    bucket.put(PETS)
    pipeline.reconcile(Change(SOURCE, forged))
    bucket.put(b"Birds sing.")
    assert pipeline.reconcile(Change(SOURCE, "0066F2A1B3C4D5E6F7")).result == "ingested"
    assert row_of(store).chunks == 1
    bucket.objects.clear()
    assert pipeline.reconcile(Change(SOURCE, "0066F2A1B3C4D5E6F8")).result == "removed"


def test_a_malformed_sequencer_in_the_ledger_is_replaced(
    pipeline: Pipeline, bucket: Bucket, store: Store
) -> None:
    bucket.put(PETS)
    pipeline.reconcile(Change(SOURCE))
    store.ledger.put(replace(row_of(store), sequencer="~~~"))
    bucket.put(b"Birds sing.")
    assert pipeline.reconcile(Change(SOURCE, "0A")).result == "ingested"
    assert row_of(store).sequencer == "0A"


def test_unchanged_content_is_not_read_again(pipeline: Pipeline, bucket: Bucket) -> None:
    bucket.put(PETS)
    pipeline.reconcile(Change(SOURCE, "0A"))
    assert pipeline.reconcile(Change(SOURCE, "0B")).result == "unchanged"
    assert pipeline.reconcile(Change(SOURCE)).result == "unchanged"  # a backfill
    assert bucket.reads == 1


def test_new_attributes_and_times_are_written_without_reading_the_document_again(
    pipeline: Pipeline, store: Store, bucket: Bucket
) -> None:
    bucket.put(b"---\nyear: 2024\n---\n" + LONG, metadata={"team": "animals"})
    first = pipeline.reconcile(Change(SOURCE))
    before, row = found(store), row_of(store)
    vectors = store.index.read([match.key for match in before])
    for changed in (
        {"metadata": {"team": "birds", "release": "1.10", "long": "x" * 513}},
        {"modified": 1_800_000_000.0},
        {"version": "v2"},
    ):
        bucket.objects[SOURCE] = replace(bucket.objects[SOURCE], **changed)
        outcome = pipeline.reconcile(Change(SOURCE))
        assert (outcome.result, outcome.chunks) == ("ingested", first.chunks)
    assert bucket.reads == 1
    after, now = found(store), row_of(store)
    assert [match.key for match in after] == [
        str(RecordKey(row.document_id, now.generation, number)) for number in range(first.chunks)
    ]
    assert store.index.read([match.key for match in before]) == []
    again = store.index.read([match.key for match in after])
    assert [record.vector.tobytes() for record in again] == [
        record.vector.tobytes() for record in vectors
    ]
    new = {"team": "birds", "release": "1.10", ":release": 1.1, "version": "v2"}
    for old, match in zip(before, after, strict=True):
        assert match.metadata == {**old.metadata, **new, "modified": 1_800_000_000}
    assert (now.tokens, now.stated_attributes) == (row.tokens, {"year": 2024})
    assert now.modified == 1_800_000_000.0
    (warning,) = now.warnings
    assert warning.endswith("long.")
    bucket.objects[SOURCE] = replace(bucket.objects[SOURCE], metadata={})
    assert pipeline.reconcile(Change(SOURCE)).warnings == ()
    assert pipeline.reconcile(Change(SOURCE)).result == "unchanged"


def test_a_document_of_which_the_index_lost_a_record_is_read_again(
    pipeline: Pipeline, store: Store, bucket: Bucket
) -> None:
    bucket.put(LONG)
    pipeline.reconcile(Change(SOURCE))
    before = found(store)
    store.index.delete([before[1].key])
    bucket.put(LONG, modified=1_800_000_000.0)
    pipeline.reconcile(Change(SOURCE))
    assert bucket.reads == 2
    assert len(found(store)) == len(before)


def test_new_settings_ingest_the_document_again(
    pipeline: Pipeline, store: Store, bucket: Bucket, encoder: Encoder
) -> None:
    bucket.put(LONG)
    pipeline.reconcile(Change(SOURCE, "0A"))
    other = load_chunker(encoder.tokenizer, max_tokens=256, overlap=0)
    outcome = Pipeline(bucket, store, DocumentEncoder(encoder, other, extract)).reconcile(
        Change(SOURCE, "0A")
    )
    assert outcome.result == "ingested"
    assert len(found(store)) == outcome.chunks


def test_a_shorter_version_removes_the_surplus_chunks(
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
    pipeline.reconcile(Change(SOURCE, "0A"))  # of a write or a removal: it makes no difference
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
    # An older event does not bring it back.
    assert pipeline.reconcile(Change(SOURCE, "0A")).result == "absent"


@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        (b"", "invalid_file", "is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "unsupported_file", "PNG picture"),
        (b"%PDF-1.7 and no more", "invalid_file", "PDF"),
    ],
)
def test_an_unreadable_document_is_recorded_and_its_old_chunks_are_deleted(
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
    # A known event does not try it again. A new write does, and so does a backfill.
    reads = bucket.reads
    assert pipeline.reconcile(Change(SOURCE, "0B")) == replace(outcome, result="accounted for")
    assert bucket.reads == reads
    assert pipeline.reconcile(Change(SOURCE, "0C")) == outcome
    assert pipeline.reconcile(Change(SOURCE)) == outcome
    assert bucket.reads == reads + 2
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


def test_a_document_that_the_store_refuses_is_recorded_as_failed(
    store: Store, bucket: Bucket, encoder: Encoder, chunker: Chunker
) -> None:
    class Refusing:
        def __getattr__(self, name: str) -> Any:
            return getattr(store.index, name)

        def upsert(self, records: Any, *, deadline: float | None = None) -> None:
            store.index.upsert(records[:1])
            raise DocumentRejected("invalid_file", "It is too much.")

    refusing = Store("x", Refusing(), store.ledger)
    bucket.put(LONG)
    outcome = Pipeline(bucket, refusing, DocumentEncoder(encoder, chunker, extract)).reconcile(
        Change(SOURCE)
    )
    assert (outcome.result, outcome.error) == ("failed", "It is too much.")
    assert found(store) == []
    assert row_of(store).owner is None


def test_an_archived_document_is_ingested_once_it_is_restored_and_written_again(
    pipeline: Pipeline, store: Store, bucket: Bucket
) -> None:
    """The message of the failure asks for exactly this."""
    archived = [True]

    def read() -> bytes:
        if archived:
            raise DocumentRejected("invalid_file", "The object is archived.")
        return PETS

    bucket.put(PETS, read=read)
    assert pipeline.reconcile(Change(SOURCE, "0A")).result == "failed"
    archived.clear()
    assert pipeline.reconcile(Change(SOURCE, "0B")).result == "ingested"
    assert row_of(store).error is None


def test_a_refused_object_fails_and_its_old_chunks_leave(
    pipeline: Pipeline, store: Store, bucket: Bucket
) -> None:
    refused = SourceSnapshot.refused(DocumentRejected("invalid_file", "S3 refuses it."))
    bucket.objects[SOURCE] = refused
    outcome = pipeline.reconcile(Change(SOURCE, "0A"))  # without a row
    assert (outcome.result, outcome.error) == ("failed", "S3 refuses it.")
    assert (row_of(store).status, row_of(store).error_code) == ("failed", "invalid_file")
    bucket.put(PETS)
    assert pipeline.reconcile(Change(SOURCE, "0B")).result == "ingested"
    bucket.objects[SOURCE] = refused
    assert pipeline.reconcile(Change(SOURCE, "0C")).result == "failed"
    assert (row_of(store).chunks, found(store)) == (0, [])
    bucket.put(PETS)  # readable again; its content is that of before
    assert pipeline.reconcile(Change(SOURCE)).result == "ingested"
