"""The keys of records: `<document id>#<generation>#<chunk>`.

A generation is one writing of a document from its start. Version 0.1 wrote `<document id>#<chunk>`,
which is read as the generation "".
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class RecordKey:
    """A record's key, in its parts."""

    document_id: str
    generation: str
    chunk: int

    def __str__(self) -> str:
        middle = f"#{self.generation}" if self.generation else ""
        return f"{self.document_id}{middle}#{self.chunk}"

    @classmethod
    def parse(cls, key: str) -> RecordKey:
        """The parts of a key. Raises ValueError if it is not one of ours."""
        document_id, *generation, chunk = key.split("#")
        if len(generation) > 1 or not (chunk.isascii() and chunk.isdecimal()):
            raise ValueError(f"{key[:100]!r} is not a record's key.")
        return cls(document_id, generation[0] if generation else "", int(chunk))
