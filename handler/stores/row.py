"""A row of a ledger: what is known, and wanted, of one document in one store."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace

import orjson

from handler.stores.attributes import Attribute
from handler.stores.counts import Status
from handler.stores.row_values import read_values


@dataclass(frozen=True)
class Row:
    """The ledger's knowledge of one document.

    A generation is one writing of a document from its start. All writes of it put the same records
    under the same keys, in whatever order and however late they arrive. Once some of it may have
    been deleted, it is in `earlier` and never becomes `generation` or `current` again.
    """

    document_id: str  # derived from the source; of an uploaded file, its id
    source: str  # s3://bucket/key, file:///path or an `upload_source`
    status: Status = "in_progress"
    error_code: str | None = None  # if it failed: invalid_file or unsupported_file …
    error: str | None = None  # … and why, in a sentence
    warnings: Sequence[str] = ()  # what was not read, guessed or replaced; a sentence each
    etag: str = ""  # of the content
    version: str | None = None  # the bucket's version id of it
    size: int = 0  # bytes
    modified: float = 0.0  # s since 1970
    content_type: str | None = None
    attributes: Mapping[str, Attribute] = field(default_factory=dict)  # the user's
    stated_attributes: Mapping[str, Attribute] = field(default_factory=dict)  # the document's own
    recipe: str = ""  # the model and settings that made the vectors
    sequencer: str | None = None  # of the newest event that the row accounts for
    generation: str = ""  # of this content and recipe; "": none, or one of version 0.1
    current: str | None = None  # the generation that searches find; None: none is whole
    earlier: Mapping[str, int] = field(default_factory=dict)  # others in the index: their chunks
    chunks: int = 0  # chunks 0 … chunks - 1 of the generation may be in the index, none beyond
    written: int = 0  # chunks 0 … written - 1 are
    offset: int = 0  # where in the text the next chunk starts, if in progress
    tokens: int = 0  # that the model read in the written chunks
    created: float = 0.0  # s since 1970
    updated: float = 0.0
    owner: str | None = None  # the holder of the lease …
    leased_until: float = 0.0  # … and when it expires; s since 1970
    revision: int = 0  # of its last write; 0: not written yet
    # What the API was asked for. None: the document comes from the bucket or the folder.
    requested: Mapping[str, Attribute] | None = None  # attributes, with their keys as sent
    chunk_tokens: int | None = None  # the sizes of chunks; None: the server's
    chunk_overlap: int | None = None
    batches: Sequence[str] = ()  # the file batches that have not counted it yet
    removed: float = 0.0  # when it was taken out of the store, s since 1970; 0: it was not
    # What the store's counts have of it; see `counts`. None: nothing.
    counted: Status | None = None
    counted_bytes: int = 0

    @property
    def usage_bytes(self) -> int:
        """Its bytes in the store's count."""
        return self.size if self.status == "completed" and not self.removed else 0

    def to_json(self) -> bytes:
        """The row as ledgers keep it."""
        values = asdict(self)
        return orjson.dumps({"document": values.pop("document_id"), **values})

    @classmethod
    def from_json(cls, text: str) -> Row:
        """The row that a ledger kept. Ignores fields that a newer version may have written.

        Raises MalformedRow if it is damaged.
        """
        values = read_values(text, KINDS)
        if "current" not in values:  # version 0.1: the keys have no generation
            values["current"] = "" if values.get("status") == "completed" else None
        row = cls(**values)
        if "counted" not in values:  # from before the counts: the migration has counted it
            row = replace(row, counted=row.status, counted_bytes=row.usage_bytes)
        return row

    def rewritten(self) -> Row:
        """The row with its next revision, which no row of the document has had before.

        The first is random, so that a row that is deleted and made again is not taken for the old
        one. (A clock would do until it is set back.)
        """
        return replace(self, revision=(self.revision or secrets.randbits(52)) + 1)


KINDS = {field.name: str(field.type) for field in fields(Row)}
