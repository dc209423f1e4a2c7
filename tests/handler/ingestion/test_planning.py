"""The planned row keeps what was written of the same content, and nothing of other content."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from handler.ingestion.change import Change
from handler.ingestion.planning import document_id, plan_row, same_content
from handler.ingestion.sources.contract import SourceSnapshot
from handler.stores.contract import Row

SOURCE = "s3://bucket/a.txt"
FOUND = SourceSnapshot(
    etag="e1",
    version="v1",
    size=10,
    modified=5.0,
    content_type="text/plain",
    read=lambda: b"",
    metadata={"team": "support"},
)


def plan(known: Row | None, found: SourceSnapshot = FOUND, sequencer: str | None = None) -> Row:
    return plan_row(known, found, Change(SOURCE, sequencer), recipe="r1", now=9.0)


def test_a_new_source_gets_a_row_in_progress() -> None:
    row = plan(None, sequencer="0A")
    assert (row.document_id, row.source, row.status) == (document_id(SOURCE), SOURCE, "in_progress")
    assert (row.created, row.sequencer, row.attributes) == (9.0, "0A", {"team": "support"})


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({}, True),
        ({"version": "v2", "modified": 6.0}, True),
        ({"etag": "e2"}, False),
        ({"content_type": "text/html"}, False),
        ({"metadata": {"team": "travel"}}, False),
    ],
)
def test_progress_is_kept_for_the_same_content_only(change: dict[str, Any], same: bool) -> None:
    begun = replace(plan(None), written=3, offset=900, tokens=70)
    planned = plan(begun, replace(FOUND, **change))
    assert same_content(begun, planned) is same
    progress = (planned.written, planned.offset, planned.tokens)
    assert progress == ((3, 900, 70) if same else (0, 0, 0))


def test_a_completed_document_is_written_from_its_start() -> None:
    done = replace(plan(None), status="completed", written=3, offset=900, chunks=3)
    planned = plan(done)
    assert (planned.written, planned.offset) == (0, 0)
    assert planned.chunks == 3  # these may still be in the index


@pytest.mark.parametrize(
    ("known", "new", "expected"), [("0A", "0B", "0B"), ("0B", "0A", "0B"), ("0B", None, "0B")]
)
def test_the_row_accounts_for_the_newest_event(known: str, new: str | None, expected: str) -> None:
    assert plan(plan(None, sequencer=known), sequencer=new).sequencer == expected
