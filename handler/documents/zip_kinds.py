"""What a zip archive is, by the names of its entries. Unpacks nothing but a short type."""

from __future__ import annotations

import io
import zipfile
from typing import Literal

from handler.documents.archive import ZIP_ERRORS

ZipFormat = Literal["docx", "pptx", "xlsx", "odt", "ods", "odp", "epub"]

# An entry that only this format has.
MAIN_PARTS: tuple[tuple[str, ZipFormat], ...] = (
    ("word/document", "docx"),
    ("ppt/presentation", "pptx"),
    ("xl/workbook.xml", "xlsx"),
    ("META-INF/container.xml", "epub"),  # also without the entry below
)
# The first entry of the others is not compressed, is named "mimetype", and holds the media type.
TYPES: tuple[tuple[bytes, ZipFormat], ...] = (
    (b"mimetypeapplication/vnd.oasis.opendocument.text", "odt"),
    (b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "ods"),
    (b"mimetypeapplication/vnd.oasis.opendocument.presentation", "odp"),
    (b"mimetypeapplication/epub+zip", "epub"),
)
TYPE_WITHIN = 200  # bytes from the start
# Formats that are not read, and what to do about it.
UNREAD_PARTS = (
    ("xl/workbook.bin", "a binary Excel workbook (.xlsb); save it as .xlsx"),
    ("Index/Document.iwa", "a Pages, Numbers or Keynote file; export it as PDF"),
    ("AndroidManifest.xml", "an Android app"),
    ("META-INF/MANIFEST.MF", "a Java archive"),
)
ARCHIVE = "a zip archive; unpack it and add its files instead"


def zip_format(content: bytes) -> ZipFormat | str:
    """The format of a zip archive; a sentence's end about it if it is not one that is read.

    The names in a damaged archive, which has no directory, are looked for in its bytes.
    """
    for begin, format in TYPES:
        if begin in content[:TYPE_WITHIN]:
            return format
    names, written = _directory(content)
    for begin, format in TYPES:
        if (b"mimetype" + written).startswith(begin):
            return format
    for name, format in MAIN_PARTS:
        if _has(names, name, content):
            return format
    return next((kind for name, kind in UNREAD_PARTS if _has(names, name, content)), ARCHIVE)


def _directory(content: bytes) -> tuple[list[str] | None, bytes]:
    """The entries' names, and what is in the one named "mimetype"; None if it is damaged."""
    names: list[str] | None = None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.namelist()
            names = [name.replace("\\", "/").lstrip("/").lower() for name in entries]
            if "mimetype" not in entries:
                return names, b""
            with archive.open("mimetype") as file:
                return names, file.read(TYPE_WITHIN)
    except (*ZIP_ERRORS, KeyError):
        return names, b""


def _has(names: list[str] | None, name: str, content: bytes) -> bool:
    if names is None:
        return name.encode() in content
    return any(each.startswith(name.lower()) for each in names)
