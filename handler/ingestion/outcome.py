"""The outcome of a change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from handler.stores.row import Row

Result = Literal["ingested", "failed", "removed", "unchanged", "accounted for", "absent"]


@dataclass(frozen=True)
class Outcome:
    """The end of an attempt that need not be repeated."""

    result: Result
    document_id: str
    chunks: int = 0  # in the store, now
    tokens: int = 0  # in those chunks
    error: str | None = None  # why it failed
    error_code: str | None = None  # OpenAI's word for that
    warnings: Sequence[str] = ()  # what was not read, guessed or replaced

    @classmethod
    def of(cls, result: Result, row: Row) -> Outcome:
        """The outcome for a document, as its row has it."""
        return cls(
            result,
            row.document_id,
            chunks=row.chunks,
            tokens=row.tokens,
            error=row.error,
            error_code=row.error_code,
            warnings=row.warnings,
        )
