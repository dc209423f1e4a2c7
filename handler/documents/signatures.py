"""What a file is by the bytes it begins with, whatever it is called."""

from __future__ import annotations

import re
from typing import Literal

from handler.errors import DocumentRejected

SIGNATURES = (
    (b"\x89PNG\r\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF87a", "a GIF picture"),
    (b"GIF89a", "a GIF picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"RIFF", "a WebP picture, or a sound or video file"),
    (b"\x00\x00\x01\x00", "an icon"),
    (b"OggS", "a sound or video file"),
    (b"fLaC", "a sound file"),
    (b"\x1aE\xdf\xa3", "a video file"),
    (b"\x1f\x8b", "a gzip archive; put what is in it there instead"),
    (b"\xfd7zXZ\x00", "an xz archive; put what is in it there instead"),
    (b"(\xb5/\xfd", "a zstd archive; put what is in it there instead"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive; put what is in it there instead"),
    (b"Rar!\x1a\x07", "a RAR archive; put what is in it there instead"),
    (b"{\\rtf", "a Rich Text file; save it as .docx or PDF"),
    (b"%!PS", "a PostScript file; save it as PDF"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"PAR1", "a Parquet file; save it as CSV or JSON Lines"),
    (b"\x7fELF", "a program"),
    (b"\xca\xfe\xba\xbe", "a program"),
)
# Letters that a text may begin with as well; then there is no zero byte near.
WEAK_SIGNATURES = (
    (b"BM", "a BMP picture"),
    (b"ID3", "a sound file"),
    (b"BZh", "a bzip2 archive; put what is in it there instead"),
    (b"MZ", "a program"),
)
# Zip archives, by names that are in them as they are, not compressed.
ZIPS = (
    (b"xl/workbook", "an Excel workbook; save its sheets as CSV"),
    (b"ppt/presentation", "a PowerPoint presentation; save it as PDF"),
    (
        b"mimetypeapplication/vnd.oasis.opendocument",
        "an OpenDocument file; save it as PDF",
    ),
    (b"mimetypeapplication/epub+zip", "an EPUB book; save it as PDF or HTML"),
)
# The old Office's container, by the names of the streams in it (UTF-16).
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLES = (
    ("WordDocument", "an old Word document (.doc); save it as .docx or PDF"),
    ("Workbook", "an old Excel workbook (.xls); save its sheets as CSV"),
    ("PowerPoint Document", "an old PowerPoint presentation (.ppt); save it as PDF"),
)
# White space, comments and an XML declaration may come before it.
HTML = re.compile(
    rb"\s*(?:(?:<\?xml[^>]{0,200}>|<!--.{0,2000}?-->)\s*){0,4}<(?:!doctype\s+html|html)[\s>]",
    re.IGNORECASE | re.DOTALL,
)
WITHIN = 1_024  # where readers of PDF look for its beginning (PDF 1.7, implementation note 13)


def signature(content: bytes) -> Literal["pdf", "docx", "html"] | None:
    """The format that is plain from the bytes; None for text, and for what is not known.

    Raises DocumentRejected for formats that are known, and cannot be read.
    """
    if content.startswith(b"%PDF-"):
        return "pdf"
    if content.startswith(b"PK\x03\x04"):
        if b"word/document" in content:
            return "docx"
        zips = [seems for name, seems in ZIPS if name in content]
        raise _unsupported(zips[0] if zips else "a zip archive; put what is in it there instead")
    if content.startswith(OLE):
        raise _ole(content)
    for begin, seems in SIGNATURES:
        if content.startswith(begin):
            raise _unsupported(seems)
    for begin, seems in WEAK_SIGNATURES:
        if content.startswith(begin) and b"\x00" in content[:WITHIN]:
            raise _unsupported(seems)
    if content[4:8] == b"ftyp":
        raise _unsupported("a video, or a HEIC or AVIF picture")
    return "html" if HTML.match(content.removeprefix(b"\xef\xbb\xbf")) else None


def _ole(content: bytes) -> DocumentRejected:
    if "EncryptedPackage".encode("utf-16-le") in content:
        return DocumentRejected(
            "invalid_file",
            "The file is encrypted: it opens in Office with a password only; save it without one.",
        )
    for name, seems in OLES:
        if name.encode("utf-16-le") in content:
            return _unsupported(seems)
    return _unsupported("a file of an old Office program; save it as .docx or PDF")


def _unsupported(seems: str) -> DocumentRejected:
    return DocumentRejected(
        "unsupported_file",
        f"The file seems to be {seems}. What can be read: text, Markdown, HTML, PDF, DOCX, CSV, "
        "JSON and JSON Lines.",
    )
