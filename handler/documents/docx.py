"""DOCX: paragraphs and tables in order, as Markdown. Leaves out headers, footers and notes.

A .docx file is a zip archive of XML parts. It is unpacked under limits, opened by python-docx,
and its body is walked here, because python-docx alone skips insertions, content controls and
text boxes.
"""

from __future__ import annotations

import io
import re
import shutil
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

import docx
from docx.oxml.ns import qn

from handler.documents.document import Document
from handler.documents.writer import Writer
from handler.errors import DocumentRejected
from handler.limits import MAX_INFLATED, MAX_ZIP_ENTRIES

PARAGRAPH, TABLE, ROW, CELL = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc")
TEXT, PROPERTIES = qn("w:t"), qn("w:pPr")
# Elements that stand for one character each.
CHARACTERS = {
    qn("w:tab"): "\t",
    qn("w:ptab"): "\t",
    qn("w:br"): "\n",
    qn("w:cr"): "\n",
    qn("w:noBreakHyphen"): "-",
}
SKIPPED = {
    # What older programs show instead: it repeats the text beside it.
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
    qn("w:del"),
    qn("w:moveFrom"),  # the old place of moved text
    PROPERTIES,
    qn("w:rPr"),
}
HEADING = re.compile(r"heading ([1-9])|(title)", re.IGNORECASE)
COPY_BYTES = 1_048_576  # unpacked at a time
# zipfile unpacks these in bounded steps, and Word writes no others.
COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What zipfile raises for a damaged archive; NotImplementedError is an unknown compression.
ZIP_ERRORS = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError),
    *(NotImplementedError, RuntimeError),
)
DAMAGED = "The Word file is damaged and cannot be opened; save it again as .docx."


def extract_docx(content: bytes) -> Document:
    """The document of a Word file. Raises DocumentRejected if it is damaged or a zip bomb."""
    body, heading_levels = _open(_unpack(content))
    writer = Writer("docx", is_markdown=True)
    _write_blocks(writer, body, heading_levels)
    return writer.document()


def _open(archive: io.BytesIO) -> tuple[Any, dict[str, int]]:
    """The body's XML element, and the level of each heading style."""
    try:
        word = docx.Document(archive)
        return word.element.body, _heading_levels(word)
    except MemoryError:
        raise
    except Exception as error:  # python-docx raises KeyError, XMLSyntaxError and others
        if isinstance(error, ValueError) and "is not a Word file" in str(error):
            message = "The Word file is a template, or has macros; save it as a plain .docx."
            raise DocumentRejected("unsupported_file", message) from error
        raise DocumentRejected("invalid_file", DAMAGED) from error


def _unpack(content: bytes) -> io.BytesIO:
    """The same archive, with its XML uncompressed and everything else empty.

    An entry may lie about its size. A reader that asks for the whole entry, as python-docx does,
    would then unpack gigabytes. Copying in steps stops at the declared size.
    """
    unpacked = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(unpacked, "w") as new:
            _check_entries(old.infolist())
            # If a name occurs twice, zipfile opens the last entry.
            for name in dict.fromkeys(old.namelist()):
                with new.open(name, "w") as copy:
                    if name.endswith((".xml", ".rels")):
                        with old.open(name) as file:
                            shutil.copyfileobj(file, copy, COPY_BYTES)
    except ZIP_ERRORS as error:
        message = "The Word file's zip archive is damaged; save it again as .docx."
        raise DocumentRejected("invalid_file", message) from error
    return unpacked


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    """Refuse an archive that is encrypted, or whose declared size is too large."""
    size = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ZIP_ENTRIES:
        message = f"The Word file has {len(entries):,} parts; the limit is {MAX_ZIP_ENTRIES:,}."
    elif size > MAX_INFLATED:
        message = (
            f"The Word file is {size:,} bytes when decompressed; the limit is {MAX_INFLATED:,}. "
            "Split it, or remove its pictures."
        )
    elif any(entry.flag_bits & 1 for entry in entries):
        message = "The Word file is encrypted; save it without a password."
    elif any(entry.compress_type not in COMPRESSIONS for entry in entries):
        message = "The Word file is not compressed as Word does it; save it again as .docx."
    else:
        return
    raise DocumentRejected("invalid_file", message)


def _heading_levels(word: Any) -> dict[str, int]:
    """Style id → heading level. A style's name is English whatever Word's language is."""
    levels = {}
    for style in word.styles:
        if found := HEADING.fullmatch(style.name or ""):
            levels[style.style_id] = int(found[1] or 1)
    return levels


def _write_blocks(writer: Writer, parent: Any, heading_levels: dict[str, int]) -> None:
    """Write the paragraphs and tables in `parent`.

    Recursion is safe: libxml2 refuses XML that is nested more than 256 levels deep.
    """
    for element in parent:
        if element.tag == PARAGRAPH:
            _write_paragraph(writer, element, heading_levels)
        elif element.tag == TABLE:
            _write_table(writer, element)
        elif element.tag not in SKIPPED:  # content controls, insertions …
            _write_blocks(writer, element, heading_levels)


def _write_table(writer: Writer, table: Any) -> None:
    """Write a table, one line a row. A table inside a cell follows its row."""
    writer.separate("\n\n")
    for row in _descendants(table, ROW):
        cells = list(_descendants(row, CELL))
        texts = [" ".join("".join(_cell_characters(cell)).split()) for cell in cells]
        writer.separate("\n")
        writer.write(" | ".join(text for text in texts if text))
        for cell in cells:
            for nested in _descendants(cell, TABLE):
                _write_table(writer, nested)
    writer.separate("\n\n")


def _descendants(parent: Any, tag: str) -> Iterator[Any]:
    """The elements below `parent` with this tag. Does not enter paragraphs and tables."""
    for element in parent:
        if element.tag == tag:
            yield element
        elif element.tag not in SKIPPED and element.tag not in (PARAGRAPH, TABLE):
            yield from _descendants(element, tag)


def _write_paragraph(writer: Writer, paragraph: Any, heading_levels: dict[str, int]) -> None:
    text = "".join(_characters(paragraph)).strip()
    if not text:
        return
    style, is_numbered = _style(paragraph)
    if level := heading_levels.get(style):
        writer.heading(level, text)
        return
    is_item = is_numbered or style.startswith("List")
    writer.separate("\n" if is_item else "\n\n")
    writer.write(f"- {text}" if is_item else text)
    writer.separate("\n" if is_item else "\n\n")


def _style(paragraph: Any) -> tuple[str, bool]:
    """The id of the paragraph's style ("" for the default), and whether it has a list number."""
    properties = paragraph.find(PROPERTIES)
    if properties is None:
        return "", False
    style = properties.find(qn("w:pStyle"))
    style_id = "" if style is None else style.get(qn("w:val"), "")
    return style_id, properties.find(qn("w:numPr")) is not None


def _cell_characters(cell: Any) -> Iterator[str]:
    for paragraph in _descendants(cell, PARAGRAPH):
        yield from _characters(paragraph)
        yield "\n"


def _characters(parent: Any) -> Iterator[str]:
    """The text in `parent`, in order, in parts."""
    for element in parent:
        if element.tag == TEXT:
            yield element.text or ""
        elif element.tag in CHARACTERS:
            yield CHARACTERS[element.tag]
        elif element.tag not in SKIPPED:
            yield from _characters(element)
            if element.tag == PARAGRAPH:  # of a text box
                yield "\n"
