"""What decoding finds, and the refusal when it finds nothing. Decodes nothing itself."""

from __future__ import annotations

from dataclasses import dataclass

from handler.errors import DocumentRejected

SAVE_AS_UTF8 = (
    "save it as UTF-8, or say its character set in the content type (text/plain; charset=…)."
)


@dataclass(frozen=True)
class Decoded:
    """A file's characters, and how they were found."""

    text: str
    charset: str  # its usual name: "utf-8", "windows-1252" …
    warnings: tuple[str, ...] = ()  # what was guessed or replaced; a sentence each


def refusal(reason: str) -> DocumentRejected:
    """The error for a file whose character set is unclear. reason: a clause about the file."""
    return DocumentRejected("invalid_file", f"{reason}; {SAVE_AS_UTF8}")
