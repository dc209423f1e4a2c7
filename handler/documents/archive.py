"""A zip archive, read under limits. Knows no format: readers of Office files and EPUB use it."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import Self

from handler.errors import DocumentRejected
from handler.limits import MAX_INFLATED, MAX_ZIP_ENTRIES

COPY_BYTES = 1_048_576  # unpacked at a time
# zipfile unpacks these in bounded steps, and Office writes no others.
COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
END_RECORD = b"PK\x05\x06"  # begins the record at the archive's end
# What zipfile raises for a damaged archive; NotImplementedError is an unknown compression.
ZIP_ERRORS = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError),
    *(NotImplementedError, RuntimeError),
)


@dataclass
class _Unpacked:
    """The bytes that were unpacked so far, from an archive and those inside it."""

    size: int = 0


class Archive:
    """The parts of one archive, by name.

    kind: what a message calls the file, such as "Word file". cure: what a message advises.
    Names are compared as Office does it: without regard to case, and \\ is /. Of several parts
    with one name, the last counts. Raises DocumentRejected if the archive is damaged, encrypted
    or over a limit.
    """

    def __init__(self, content: bytes, kind: str, cure: str = "save it again") -> None:
        self._kind, self._cure = kind, cure
        self._unpacked = _Unpacked()
        try:
            self._file = zipfile.ZipFile(io.BytesIO(content))
        except ZIP_ERRORS as error:
            raise self._damaged(is_cut=END_RECORD not in content[-66_000:]) from error
        entries = self._file.infolist()
        self._check(entries)
        self._entries = {_key(entry.filename): entry for entry in entries}

    @property
    def names(self) -> tuple[str, ...]:
        """The parts' names, with / between folders, in the archive's order."""
        return tuple(entry.filename.replace("\\", "/") for entry in self._entries.values())

    def __contains__(self, name: str) -> bool:
        return _key(name) in self._entries

    def read(self, name: str) -> bytes:
        """The bytes of a part that is there; each reading counts towards the limit."""
        entry = self._entries[_key(name)]
        size = self._unpacked.size = self._unpacked.size + entry.file_size
        if size > MAX_INFLATED:
            raise DocumentRejected(
                "invalid_file",
                f"The {self._kind} is {size:,} bytes when decompressed; the limit is "
                f"{MAX_INFLATED:,}. Split it, or remove its pictures.",
            )
        try:
            # An entry may lie about its size: zipfile inflates all of it for one `read()`, and
            # stops at the declared size when it is read in steps.
            with self._file.open(entry) as file:
                return b"".join(iter(lambda: file.read(COPY_BYTES), b""))
        except ZIP_ERRORS as error:
            raise self._damaged() from error

    def nested(self, content: bytes, kind: str) -> Self:
        """An archive that is a part of this one; both count towards one limit."""
        inner = type(self)(content, kind, self._cure)
        inner._unpacked = self._unpacked  # noqa: SLF001
        return inner

    def _check(self, entries: list[zipfile.ZipInfo]) -> None:
        if len(entries) > MAX_ZIP_ENTRIES:
            message = f"has {len(entries):,} parts; the limit is {MAX_ZIP_ENTRIES:,}."
        elif any(entry.flag_bits & 1 for entry in entries):
            message = f"is encrypted; {self._cure} without a password."
        elif any(entry.compress_type not in COMPRESSIONS for entry in entries):
            message = f"is compressed in a way that its format does not know; {self._cure}."
        else:
            return
        raise DocumentRejected("invalid_file", f"The {self._kind} {message}")

    def _damaged(self, *, is_cut: bool = False) -> DocumentRejected:
        kind, cure = self._kind, self._cure
        if is_cut:
            message = f"The {kind} is cut off: its end is missing. Upload it again."
        else:
            message = f"The {kind}'s zip archive is damaged; {cure}."
        return DocumentRejected("invalid_file", message)


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()
