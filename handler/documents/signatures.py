"""A file's format by its first bytes. Ignores its name and its content type."""

from __future__ import annotations

import re
from typing import Literal, cast, get_args

from handler.documents.wholeness import refuse_cut_off_zip
from handler.documents.zip_kinds import ZipFormat, zip_format
from handler.errors import DocumentRejected

UNPACK = "unpack it and add its files instead"
SIGNATURES = (
    (b"\x89PNG\r\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"\x00\x00\x01\x00", "an icon"),
    (b"\x1aE\xdf\xa3", "a video file"),
    (b"\x1f\x8b", f"a gzip archive; {UNPACK}"),
    (b"\xfd7zXZ\x00", f"an xz archive; {UNPACK}"),
    (b"(\xb5/\xfd", f"a zstd archive; {UNPACK}"),
    (b"7z\xbc\xaf\x27\x1c", f"a 7z archive; {UNPACK}"),
    (b"Rar!\x1a\x07", f"a RAR archive; {UNPACK}"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x7fELF", "a program"),
)
# Text may begin with these letters, too, but then no binary data follows.
WEAK_SIGNATURES = (
    (b"GIF87a", "a GIF picture"),
    (b"GIF89a", "a GIF picture"),
    (b"RIFF", "a WebP picture, or a sound or video file"),
    (b"OggS", "a sound or video file"),
    (b"fLaC", "a sound file"),
    (b"PAR1", "a Parquet file; save it as CSV or JSON Lines"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"BM", "a BMP picture"),
    (b"ID3", "a sound file"),
    (b"BZh", f"a bzip2 archive; {UNPACK}"),
    (b"MZ", "a program"),
)
# The container of old Office files, by the names of its streams (UTF-16).
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLES = (
    ("__properties_version1.0", "an Outlook message (.msg); save it as .eml or PDF"),
    ("WordDocument", "an old Word document (.doc); save it as .docx or PDF"),
    ("PowerPoint Document", "an old PowerPoint presentation (.ppt); save it as PDF"),
)
# White space, comments and an XML declaration may precede it.
HTML = re.compile(
    # Atomic groups: a comment ends at its first end, or the search would take minutes.
    rb"\s*(?>(?:<\?xml[^>]{0,200}>|<!--.{0,2000}?-->)\s*){0,4}+<(?:!doctype\s+html|html)[\s>]",
    re.IGNORECASE | re.DOTALL,
)
PDF_HEADER_WITHIN = 1_024  # bytes in which readers look for "%PDF-" (PDF 1.7, note 13)
# Control characters that no text has, within the first bytes.
BINARY = re.compile(rb"[\x00-\x08\x0e-\x19\x1c-\x1f]")
BINARY_WITHIN = 1_024
# PostScript is text: its first line says its version, and nothing else.
POSTSCRIPT = re.compile(rb"%!PS(?:-Adobe-[^\r\n]{1,80})?[ \t]*[\r\n]")


def signature(content: bytes) -> Literal["pdf", "html", "xls", "rtf"] | ZipFormat | None:
    """The format that the bytes prove; None for text and for unknown bytes.

    Raises DocumentRejected for a known format that is not supported.
    """
    if content.startswith(b"%PDF-"):
        return "pdf"
    if content.startswith(b"PK\x03\x04"):
        found = zip_format(content)
        if found in get_args(ZipFormat):
            return cast(ZipFormat, found)
        refuse_cut_off_zip(content)
        raise unsupported(found)
    if content.startswith(OLE):
        return _ole(content)
    if content.startswith(b"{\\rtf"):
        return "rtf"
    for begin, kind in SIGNATURES:
        if content.startswith(begin):
            raise unsupported(kind)
    for begin, kind in WEAK_SIGNATURES:
        if content.startswith(begin) and BINARY.search(content, 0, BINARY_WITHIN):
            raise unsupported(kind)
    if POSTSCRIPT.match(content):
        raise unsupported("a PostScript file; save it as PDF")
    if content[4:8] == b"ftyp" and content[0] == 0:  # the length of its first box
        raise unsupported("a video, or a HEIC or AVIF picture")
    return "html" if HTML.match(content.removeprefix(b"\xef\xbb\xbf")) else None


def _ole(content: bytes) -> Literal["xls"]:
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise DocumentRejected(
            "invalid_file",
            "The file is encrypted and needs a password to open in Office; save it without one.",
        )
    for name, kind in OLES:
        if name.encode("utf-16-le") in content:
            raise unsupported(kind)
    if any(name.encode("utf-16-le") in content for name in ("Workbook", "Book")):
        return "xls"
    raise unsupported("a file of an old Office program; save it as .docx or PDF")


def unsupported(kind: str) -> DocumentRejected:
    """The refusal of a known format. kind: the end of a sentence, perhaps with what to do."""
    return DocumentRejected(
        "unsupported_file",
        f"The file seems to be {kind}. Supported formats: text, Markdown, HTML, PDF, DOCX, PPTX, "
        "XLSX, XLS, ODT, ODS, ODP, RTF, EPUB, EML, MBOX, MHTML, IPYNB, SVG, OPML, RSS, Atom, CSV, "
        "JSON and JSON Lines.",
    )
