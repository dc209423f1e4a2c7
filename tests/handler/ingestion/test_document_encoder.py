"""Sources become documents and chunks with vectors; what cannot be read is refused."""

from __future__ import annotations

import time
from dataclasses import replace
from math import inf

import pytest

from handler.documents.document import Document
from handler.errors import DocumentRejected
from handler.ingestion.document_encoder import DocumentEncoder
from handler.ingestion.records import EncodedBatch
from handler.ingestion.sources.contract import SourceSnapshot
from handler.limits import MAX_DOCUMENT
from model_layer import Encoder, load_chunker
from tests.handler.ingestion.bucket import Bucket, extract

THAI = "ห้องสมุดเปิดเวลาเก้าโมงเช้าทุกวัน"


@pytest.fixture(scope="module")
def document_encoder(encoder: Encoder) -> DocumentEncoder:
    chunker = load_chunker(encoder.tokenizer, max_tokens=256, overlap=32)
    return DocumentEncoder(encoder, chunker, extract)


def snapshot(content: str) -> SourceSnapshot:
    bucket = Bucket()
    bucket.put(content.encode(), source="a", content_type=None)
    return bucket.objects["a"]


def batches(document_encoder: DocumentEncoder, text: str) -> list[EncodedBatch]:
    document = document_encoder.read(snapshot(text), name="a.md")
    return [
        *document_encoder.batches(
            document, start=0, min_bytes=1, deadline=None, check_time=lambda: None
        )
    ]


def test_a_text_that_the_model_cannot_read_is_refused_with_its_share(
    document_encoder: DocumentEncoder,
) -> None:
    with pytest.raises(DocumentRejected, match="100% unknown to the model") as raised:
        document_encoder.read(snapshot(THAI), name="a.txt")
    assert raised.value.code == "invalid_file"


def test_a_text_that_the_model_reads_in_part_has_a_warning(
    document_encoder: DocumentEncoder,
) -> None:
    text = f"The library opens at nine. {THAI}"
    (warning,) = document_encoder.read(snapshot(text), name="a.txt").warnings
    assert "% unknown to the model" in warning


def test_reading_alone_shows_even_an_unreadable_text(document_encoder: DocumentEncoder) -> None:
    document = document_encoder.extract(snapshot(THAI), name="a.txt")
    assert document.text == THAI
    assert "100% unknown" in document.warnings[0]


def test_a_document_over_the_size_limit_is_not_read(document_encoder: DocumentEncoder) -> None:
    def read() -> bytes:
        pytest.fail("it was read")

    large = replace(snapshot("x"), size=MAX_DOCUMENT + 1, read=read)
    with pytest.raises(DocumentRejected, match="52,428,801 bytes; the limit is 52,428,800"):
        document_encoder.read(large, name="a.txt", seconds=inf)


def test_the_time_that_a_source_takes_is_not_left_for_its_text(encoder: Encoder) -> None:
    allowed: list[float] = []

    def note(content: bytes, *, name: str, content_type: str | None, seconds: float) -> Document:
        allowed.append(seconds)
        return extract(content, name=name, content_type=content_type, seconds=seconds)

    def read() -> bytes:
        time.sleep(0.02)
        return b"Cats sleep."

    chunker = load_chunker(encoder.tokenizer, max_tokens=256, overlap=32)
    slow = replace(snapshot("Cats sleep."), read=read)
    DocumentEncoder(encoder, chunker, note).read(slow, name="a.txt", seconds=9)
    assert allowed[0] <= 8.98


def test_the_headings_above_a_chunk_change_its_vector(
    document_encoder: DocumentEncoder, encoder: Encoder
) -> None:
    body = "Within thirty days you get your money back, if the goods are as they were. " * 20
    plain = batches(document_encoder, body)
    headed = batches(document_encoder, f"# Returns\n\n{body}")
    query = encoder.encode(["returns"]).vectors[0]
    # The last chunk begins far below the heading.
    assert headed[-1].vectors[-1] @ query > plain[-1].vectors[-1] @ query + 0.02


def test_the_model_reads_every_chunk_with_its_context_whole(
    document_encoder: DocumentEncoder,
) -> None:
    headings = [f"{'#' * level} {'Long heading ' * 30}{level}" for level in range(1, 7)]
    body = "It says something that is worth finding, in a sentence of some length. " * 60
    for batch in batches(document_encoder, "\n\n".join([*headings, body])):
        assert batch.tokens <= 256 * len(batch.chunks)


def test_a_setting_that_changes_the_text_changes_the_recipe(encoder: Encoder) -> None:
    chunker = load_chunker(encoder.tokenizer, max_tokens=256)
    recipes = {
        DocumentEncoder(encoder, chunker, extract, variant=variant).recipe
        for variant in ("", "/all")
    }
    assert len(recipes) == 2
