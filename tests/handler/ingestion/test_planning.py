"""The planned row keeps what was written of the same content, and nothing of other content."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from handler.ingestion.change import Change
from handler.ingestion.planning import document_id, plan_row, same_content, same_description
from handler.ingestion.sources.contract import SourceSnapshot
from handler.stores.row import Row

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
    ("change", "content", "description"),
    [
        ({}, True, True),
        ({"modified": 5.5}, True, True),  # records have whole seconds
        ({"version": "v2"}, True, False),
        ({"modified": 6.0}, True, False),
        ({"metadata": {"team": "travel"}}, True, False),
        ({"etag": "e2"}, False, True),
        ({"content_type": "text/html"}, False, True),
    ],
)
def test_progress_is_kept_for_the_same_content_and_description_only(
    change: dict[str, Any], content: bool, description: bool
) -> None:
    begun = replace(plan(None), chunks=4, written=3, offset=900, tokens=70)
    planned = plan(begun, replace(FOUND, **change))
    assert same_content(begun, planned) is content
    assert same_description(begun, planned) is description
    same = content and description
    progress = (planned.chunks, planned.written, planned.offset, planned.tokens)
    assert progress == ((4, 3, 900, 70) if same else (0, 0, 0, 0))
    assert (planned.generation == begun.generation) is same
    assert planned.earlier == ({} if same else {begun.generation: 4})


def test_a_completed_document_is_written_from_its_start() -> None:
    new = plan(None)
    done = replace(new, status="completed", written=3, offset=900, chunks=3, current=new.generation)
    planned = plan(done)
    assert (planned.chunks, planned.written, planned.offset) == (0, 0, 0)
    assert planned.current == done.generation != planned.generation
    assert planned.earlier == {done.generation: 3}


def test_half_written_copies_are_written_from_the_start() -> None:
    """They do not say where in the text they end."""
    begun = replace(plan(None), chunks=4, written=3, offset=0)
    planned = plan(begun)
    assert (planned.written, planned.earlier) == (0, {begun.generation: 4})
    nothing_yet = replace(begun, written=0)
    assert plan(nothing_yet).generation == nothing_yet.generation


def test_a_half_written_document_of_version_0_1_is_written_from_its_start() -> None:
    """Its keys have no generation, so that a late write of other content could replace them."""
    old = replace(plan(None), generation="", written=3, offset=900, chunks=4)
    planned = plan(old)
    assert (planned.written, planned.offset, planned.earlier) == (0, 0, {"": 4})
    assert planned.generation


def test_no_two_generations_are_alike() -> None:
    assert len({plan(None).generation for _ in range(100)}) == 100


@pytest.mark.parametrize(
    ("known", "new", "expected"), [("0A", "0B", "0B"), ("0B", "0A", "0B"), ("0B", None, "0B")]
)
def test_the_row_accounts_for_the_newest_event(known: str, new: str | None, expected: str) -> None:
    assert plan(plan(None, sequencer=known), sequencer=new).sequencer == expected
