"""The row that a source is to have, and whether it needs work."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from handler.errors import DocumentRejected
from handler.ingestion.change import Change
from handler.ingestion.sources.contract import SourceSnapshot
from handler.stores.attributes import (
    LEFT_OUT,
    Attribute,
    describe,
    merge_attributes,
    read_attributes,
    warn_left_out,
)
from handler.stores.row import Row
from handler.stores.upload_source import is_upload, uploaded_file_id


def document_id(source: str) -> str:
    """A document's id: always the same for a source. That of an uploaded file is the file's."""
    if is_upload(source):
        return uploaded_file_id(source)
    return f"file-{hashlib.sha256(source.encode()).hexdigest()[:32]}"


def plan_row(
    known: Row | None, found: SourceSnapshot, change: Change, *, recipe: str, now: float
) -> Row:
    """The row of a source as it was found, to be continued or begun from the start.

    What was written of the same content and description is continued, in its generation. Anything
    else gets a new generation: writes of the old one that arrive late then change nothing that is
    read.

    known: the document's row, if it has one. now: seconds since 1970.
    """
    ours = describe(change.source, found.content_type, found.modified)
    old = known or Row(document_id(change.source), change.source, created=now)
    # A backfilled change has no sequencer: the row accounts for the same events as before.
    is_newer = change.sequencer and change.is_after(old.sequencer)
    planned = replace(
        old,
        status="in_progress",
        error_code=None,
        error=None,
        warnings=(),
        stated_attributes={},
        etag=found.etag,
        version=found.version,
        size=found.size,
        modified=found.modified,
        content_type=found.content_type,
        attributes=_attributes(old, found, ours),
        recipe=recipe,
        sequencer=change.sequencer if is_newer else old.sequencer,
    )
    # A generation of version 0.1 is not continued: it has the keys of all those before it. Nor is
    # one of copies: they do not say where in the text they end.
    begun = old.status == "in_progress" and old.generation and (old.offset or not old.written)
    if begun and same_content(old, planned) and same_description(old, planned):
        return planned
    return replace(abandoned(planned), generation=new_generation())


def _attributes(
    row: Row, found: SourceSnapshot, ours: Mapping[str, Attribute]
) -> Mapping[str, Attribute]:
    """The user's: those of the source, or exactly those that the API was sent."""
    return read_attributes(found.metadata, ours) if row.requested is None else row.requested


def is_withdrawn(row: Row) -> bool:
    """Whether nothing of an uploaded file is to be in the store: it was cancelled, or has failed.

    One that has failed is tried again when it is attached again: its content never changes.
    """
    return row.requested is not None and row.status in ("cancelled", "failed")


def leaves_nothing(row: Row) -> bool:
    """Whether the index holds nothing of the document."""
    return not row.chunks and not row.earlier and row.current is None


def continuation(row: Row, planned: Row) -> Literal["settled", "whole", "copy", "read"]:
    """How the source's row comes to be as `planned`, from what it is.

    settled: it is so. whole: its chunks are; the row must say so. copy: its chunks get other
    attributes. read: the document has to be read.
    """
    if not same_content(row, planned):
        return "read"
    is_whole = bool(row.generation) and row.current == row.generation
    # A failed document that is written again or backfilled is tried again: the user may have
    # restored it, or given the function more memory.
    if row.status != "completed" and not is_whole:
        return "read"
    if not same_description(row, planned):
        return "copy"
    return "settled" if row.status == "completed" else "whole"


def abandoned(row: Row) -> Row:
    """The row without a generation; the one it had is among those to be deleted."""
    left = {row.generation: row.chunks} if row.chunks else {}
    earlier = {**row.earlier, **left}
    return replace(row, generation="", earlier=earlier, chunks=0, written=0, offset=0, tokens=0)


def new_generation() -> str:
    """The name of a generation; no other of the document has it."""
    return secrets.token_hex(8)


def same_content(row: Row, other: Row) -> bool:
    """Whether two rows are of the same content, read in the same way: their chunks are the same."""
    return (row.etag, row.recipe, row.content_type) == (
        other.etag,
        other.recipe,
        other.content_type,
    )


def same_description(row: Row, other: Row) -> bool:
    """Whether the records of two rows of the same content have the same metadata."""

    def description(row: Row) -> tuple[str | None, int, Mapping[str, object]]:
        # True is not 1 for a filter, as it is for Python.
        exact = {key: (isinstance(value, bool), value) for key, value in row.attributes.items()}
        return row.version, int(row.modified), exact

    return description(row) == description(other)


def failed_alike(row: Row, rejected: DocumentRejected, planned: Row) -> bool:
    """Whether the row already says the same about the same source."""
    same = row.status == "failed" and row.error == rejected.message
    return same and same_content(row, planned) and same_description(row, planned)


def with_stated(
    row: Row,
    found: SourceSnapshot,
    attributes: Mapping[str, Attribute],
    warnings: Sequence[str],
) -> Row:
    """The row with what the document states, and its warnings.

    A warning names the attributes that are left out, of these and of the source's. An uploaded file
    has exactly the attributes that the API was sent.
    """
    if row.requested is not None:
        return replace(row, stated_attributes={}, warnings=tuple(warnings))
    ours = describe(row.source, row.content_type, row.modified)
    kept = merge_attributes(row.attributes, attributes, ours)
    left_out = warn_left_out([*found.metadata, *attributes], kept)
    others = [warning for warning in warnings if not warning.startswith(LEFT_OUT)]
    return replace(
        row, stated_attributes=attributes, warnings=(*others, *([left_out] if left_out else []))
    )
