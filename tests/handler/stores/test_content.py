"""A document's text is put together from its chunks: nothing twice, and nothing lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handler.errors import SourceChanged
from handler.ingestion.change import Change
from handler.ingestion.document_encoder import DocumentEncoder
from handler.ingestion.pipeline import Pipeline
from handler.settings import SqliteAddress
from handler.stores import open_source_store
from handler.stores.content import CHUNKS, text_of
from handler.stores.contract import Store
from handler.stores.record_key import RecordKey
from handler.stores.row import Row
from model_layer import Chunker, Encoder
from tests.handler.ingestion.bucket import LONG, SOURCE, Bucket, extract, row_of
from tests.handler.stores.vectors import record


def sliced(text: str, cuts: list[tuple[int, int]], store: Store) -> Row:
    """A row of a document whose chunks are these slices of its text."""
    store.index.upsert(
        [
            replace(
                record(str(RecordKey("file-1", "g", number))),
                metadata={"text": text[start:end], "start": start, "end": end},
            )
            for number, (start, end) in enumerate(cuts)
        ]
    )
    return Row("file-1", SOURCE, generation="g", current="g", chunks=len(cuts))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    path: Path = tmp_path_factory.mktemp("content") / "documents.sqlite"
    return open_source_store(SqliteAddress(str(path)))


@given(text=st.text(min_size=1, max_size=400), data=st.data())
@settings(max_examples=100, deadline=None)
def test_overlaps_are_left_out_whatever_the_chunks_repeat(
    store: Store, text: str, data: st.DataObject
) -> None:
    text = text.encode("utf-8", "ignore").decode()
    cuts: list[tuple[int, int]] = []
    end = 0
    while end < len(text):
        start = data.draw(st.integers(0 if not cuts else cuts[-1][0], end))
        end = data.draw(st.integers(end + 1, len(text)))
        cuts.append((start if cuts else 0, end))
    assert "".join(text_of(store, sliced(text, cuts, store))) == text


@pytest.mark.parametrize(
    "text",
    [
        LONG.decode(),
        "# Cats\n\nThey  sleep.\n\n\n" + LONG.decode()[:3_000] + "\n\n\n# Dogs\n\tThey bark.",
        "one-endless-word" * 300,
    ],
    ids=["prose", "headings", "a long word"],
)
def test_the_text_of_a_document_comes_back_but_for_white_space(
    text: str, encoder: Encoder, tmp_path: Path
) -> None:
    store, bucket = open_source_store(SqliteAddress(str(tmp_path / "s.sqlite"))), Bucket()
    chunker = Chunker(encoder.tokenizer, max_tokens=24, overlap=6, window=160)
    bucket.put(text.encode(), content_type="text/plain")
    pipeline = Pipeline(bucket, store, DocumentEncoder(encoder, chunker, extract))
    pipeline.reconcile(Change(SOURCE))
    row = row_of(store)
    pieces = list(text_of(store, row))
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert len(pieces) == -(-row.chunks // CHUNKS)


def test_what_searches_find_is_read_while_other_content_is_written(store: Store) -> None:
    row = sliced("Tea is ready.", [(0, 3), (4, 13)], store)
    replaced = replace(row, generation="h", earlier={"g": 2}, chunks=1)
    assert list(text_of(store, replaced)) == ["Tea\nis ready."]
    assert list(text_of(store, replace(row, current=None))) == []


def test_a_text_of_which_chunks_are_gone_is_no_answer(store: Store) -> None:
    row = sliced("Tea is ready.", [(0, 3), (4, 13)], store)
    with pytest.raises(SourceChanged, match="read it again"):
        list(text_of(store, replace(row, chunks=999)))
