"""The row that a source is to have, and whether it needs work."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace

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


def document_id(source: str) -> str:
    """A document's id: always the same for a source."""
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
        attributes=read_attributes(found.metadata, ours),
        recipe=recipe,
        sequencer=change.sequencer if is_newer else old.sequencer,
    )
    # A generation of version 0.1 is not continued: it has the keys of all those before it. Nor is
    # one of copies: they do not say where in the text they end.
    begun = old.status == "in_progress" and old.generation and (old.offset or not old.written)
    if begun and same_content(old, planned) and same_description(old, planned):
        return planned
    return replace(abandoned(planned), generation=new_generation())


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

    def description(row: Row) -> tuple[str | None, int, Mapping[str, Attribute]]:
        return row.version, int(row.modified), row.attributes

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

    A warning names the attributes that are left out, of these and of the source's.
    """
    ours = describe(row.source, row.content_type, row.modified)
    kept = merge_attributes(row.attributes, attributes, ours)
    left_out = warn_left_out([*found.metadata, *attributes], kept)
    others = [warning for warning in warnings if not warning.startswith(LEFT_OUT)]
    return replace(
        row, stated_attributes=attributes, warnings=(*others, *([left_out] if left_out else []))
    )
