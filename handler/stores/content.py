"""A document's text, put together from its chunks: what was read of it, but for white space.

A chunk may repeat the end of the one before it, which is left out here. Between chunks lies nothing
but white space, of which a line break is made.
"""

from __future__ import annotations

from collections.abc import Iterator

from handler.errors import SourceChanged
from handler.stores.contract import Record, Store
from handler.stores.record_key import RecordKey
from handler.stores.row import Row

CHUNKS = 100  # that are read at a time


def text_of(store: Store, row: Row, *, deadline: float | None = None) -> Iterator[str]:
    """The text that searches find of a document, in pieces of at most CHUNKS chunks.

    No pieces if searches find nothing of it. Raises ServiceUnavailable, and SourceChanged if chunks
    are missing: the document is being replaced or removed.
    """
    generation, end = row.current, 0
    chunks = _chunks(row)
    for first in range(0, chunks, CHUNKS):
        numbers = range(first, min(first + CHUNKS, chunks))
        keys = [str(RecordKey(row.document_id, generation or "", number)) for number in numbers]
        records = store.index.read(keys, deadline=deadline)
        if len(records) < len(keys):
            raise SourceChanged(f"The content of {row.document_id} is changing: read it again.")
        parts: list[str] = []
        for record in records:
            part, end = _after(record, end, is_first=not first and not parts)
            parts.append(part)
        yield "".join(parts)


def _chunks(row: Row) -> int:
    """How many chunks the generation has that searches find."""
    if row.current is None:
        return 0
    return row.chunks if row.current == row.generation else row.earlier.get(row.current, 0)


def _after(record: Record, end: int, *, is_first: bool) -> tuple[str, int]:
    """What the chunk adds to the text up to character `end`, and where it ends itself."""
    text = str(record.metadata.get("text", ""))
    start = int(record.metadata.get("start", end))
    if is_first:
        return text, start + len(text)
    if start > end:
        return "\n" + text, start + len(text)
    return text[end - start :], max(end, start + len(text))
