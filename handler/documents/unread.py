"""Counts what a reader saw and did not read, and says so. Knows no format."""

from __future__ import annotations

from collections import Counter

from handler.documents.writer import Writer
from handler.errors import DocumentRejected


class Unread(Counter[str]):
    """Counts by what it is, in the plural: "pictures without a description"."""

    def report(self, writer: Writer, kind: str) -> None:
        """Write a warning for each. kind: what a message calls the file, such as "EPUB book".

        Raises DocumentRejected if nothing else is in the file.
        """
        found = self.said()
        if found and writer.is_empty:
            raise DocumentRejected(
                "invalid_file",
                f"The {kind} has no text that can be read. {' '.join(found)}",
            )
        for each in found:
            writer.warn(each)

    def said(self) -> list[str]:
        """A sentence for each kind."""
        return [f"Not read: {what} ({count:,})." for what, count in self.items() if count]
