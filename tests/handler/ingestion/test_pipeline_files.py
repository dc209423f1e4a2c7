"""Local files, through the same pipeline."""

from __future__ import annotations

import os
from errno import EACCES
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest

from handler.errors import SourceUnreadable
from handler.ingestion.change import Change
from handler.ingestion.document_encoder import DocumentEncoder
from handler.ingestion.pipeline import Pipeline
from handler.ingestion.sources.files import FileReader
from handler.stores.contract import Store
from handler.stores.filters import Comparison
from model_layer import Chunker, Encoder
from tests.handler.ingestion.bucket import extract, found


def test_each_chunk_of_a_pdf_has_its_page_number(
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
    outcome = Pipeline(FileReader(), store, DocumentEncoder(encoder, chunker, extract)).reconcile(
        Change(path.as_uri())
    )
    assert outcome.result == "ingested"
    matches = found(store, path.as_uri())
    assert {match.metadata["page"] for match in matches} == {1, 2, 3}
    assert {match.metadata["filename"] for match in matches} == {"a b.pdf"}
    for match in matches:
        number = ("one", "two", "three")[int(match.metadata["page"]) - 1]
        assert f"page {number}" in str(match.metadata["text"])


def test_a_touched_file_has_its_new_time_in_searches(
    store: Store, encoder: Encoder, chunker: Chunker, tmp_path: Path
) -> None:
    path = tmp_path / "notes.md"
    path.write_text("# Cats\n\nCats sleep for most of the day.")
    pipeline = Pipeline(FileReader(), store, DocumentEncoder(encoder, chunker, extract))
    for seconds in (1_700_000_000, 1_800_000_000):
        os.utime(path, (seconds, seconds))
        assert pipeline.reconcile(Change(path.as_uri())).result == "ingested"
        assert pipeline.reconcile(Change(path.as_uri())).result == "unchanged"
        where = Comparison("modified", "gte", seconds)
        (match,) = store.index.search_vectors(np.ones(384, np.float32), limit=9, where=where)
        assert match.metadata["modified"] == seconds


def test_missing_and_unreadable_files_are_told_apart(tmp_path: Path) -> None:
    assert FileReader().find((tmp_path / "none.txt").as_uri()) is None
    with pytest.raises(SourceUnreadable, match="cannot be read: Permission denied"):
        with patch("os.open", side_effect=PermissionError(EACCES, "Permission denied")):
            FileReader().find((tmp_path / "secret.txt").as_uri())
    file = tmp_path / "a#b?c%20d.txt"
    file.write_text("x")
    os.utime(file, (5, 5))
    about = FileReader().find(file.as_uri())
    assert about is not None
    assert (about.size, about.modified, about.content_type) == (1, 5.0, "text/plain")
