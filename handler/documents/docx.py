"""DOCX: paragraphs and tables in order, as Markdown. Leaves out headers, footers and notes."""

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
TEXT, PROPERTIES, DELETED = qn("w:t"), qn("w:pPr"), qn("w:del")
# Instead of a character each.
CHARACTERS = {
    qn("w:tab"): "\t",
    qn("w:ptab"): "\t",
    qn("w:br"): "\n",
    qn("w:cr"): "\n",
    qn("w:noBreakHyphen"): "-",
}
# What older programs are to show instead, which repeats it; and what has been moved elsewhere.
SKIPPED = {
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
    DELETED,
    qn("w:moveFrom"),
    PROPERTIES,
    qn("w:rPr"),
}
HEADING = re.compile(r"heading ([1-9])|(title)", re.IGNORECASE)
PIECE = 1_048_576  # bytes
WORDS_COMPRESSION = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What zipfile raises for an archive with errors in it; NotImplementedError: a rare compression.
DAMAGED_ZIP = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError),
    *(NotImplementedError, RuntimeError),
)
DAMAGED = "The Word file is damaged and cannot be opened; save it anew, as .docx."


def extract_docx(content: bytes) -> Document:
    """The document of a Word file. Raises DocumentRejected if it is damaged, or a bomb."""
    archive = _unpacked(content)
    try:
        word = docx.Document(archive)
        levels = _heading_levels(word)
        body: Any = word.element.body
    except ValueError as error:
        if "is not a Word file" not in str(error):
            raise DocumentRejected("invalid_file", DAMAGED) from error
        message = "The Word file is a template, or has macros; save it as a plain .docx."
        raise DocumentRejected("unsupported_file", message) from error
    # What python-docx raises for a damaged file is of all kinds (KeyError, XMLSyntaxError …).
    except Exception as error:
        if isinstance(error, MemoryError):
            raise
        raise DocumentRejected("invalid_file", DAMAGED) from error
    writer = Writer("docx", is_markdown=True)
    _write(writer, body, levels)
    return writer.document()


def _unpacked(content: bytes) -> io.BytesIO:
    """The archive with its XML unpacked, a bounded piece at a time, and nothing else in it.

    An entry may lie about its size, which makes a reader that asks for all of it (as python-docx
    does) unpack gigabytes; of this one it gets what was declared.
    """
    unpacked = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(unpacked, "w") as new:
            _check_entries(old.infolist())
            for name in dict.fromkeys(old.namelist()):  # of several the last, as zipfile has it
                with new.open(name, "w") as copy:
                    if name.endswith((".xml", ".rels")):
                        with old.open(name) as file:
                            shutil.copyfileobj(file, copy, PIECE)
    except DAMAGED_ZIP as error:
        message = "The Word file's zip archive is damaged; save it anew, as .docx."
        raise DocumentRejected("invalid_file", message) from error
    return unpacked


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    """Refuse an archive that is too large, by what it declares, or encrypted."""
    size = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ZIP_ENTRIES:
        message = f"The Word file has {len(entries):,} parts; the limit is {MAX_ZIP_ENTRIES:,}."
    elif size > MAX_INFLATED:
        message = (
            f"The Word file is {size:,} bytes when decompressed; the limit is {MAX_INFLATED:,}. "
            "Split it, or take its pictures out."
        )
    elif any(entry.flag_bits & 1 for entry in entries):
        message = "The Word file is encrypted; save it without a password."
    # The others are not unpacked by bounded pieces.
    elif any(entry.compress_type not in WORDS_COMPRESSION for entry in entries):
        message = "The Word file is compressed in a way that Word does not; save it anew, as .docx."
    else:
        return
    raise DocumentRejected("invalid_file", message)


def _heading_levels(word: Any) -> dict[str, int]:
    """The level of each heading style, by the style's id. Its name is English in every language."""
    levels = {}
    for style in word.styles:
        if found := HEADING.fullmatch(style.name or ""):
            levels[style.style_id] = int(found[1] or 1)
    return levels


def _write(writer: Writer, parent: Any, levels: dict[str, int]) -> None:
    """Write the blocks in `parent`. XML is nested 256 deep at most, so this may recurse."""
    for element in parent:
        if element.tag == PARAGRAPH:
            _write_paragraph(writer, element, levels)
        elif element.tag == TABLE:
            _write_table(writer, element)
        elif element.tag not in SKIPPED:  # content controls, insertions …
            _write(writer, element, levels)


def _write_table(writer: Writer, table: Any) -> None:
    """Write a table, a row a line, and those that are in its cells after the row."""
    writer.separate("\n\n")
    for row in _nearest(table, ROW):
        cells = list(_nearest(row, CELL))
        texts = [" ".join("".join(_cell_characters(cell)).split()) for cell in cells]
        writer.separate("\n")
        writer.write(" | ".join(text for text in texts if text))
        for cell in cells:
            for nested in _nearest(cell, TABLE):
                _write_table(writer, nested)
    writer.separate("\n\n")


def _nearest(parent: Any, tag: str) -> Iterator[Any]:
    """The elements below `parent` that have `tag`, those inside paragraphs and tables left out."""
    for element in parent:
        if element.tag == tag:
            yield element
        elif element.tag not in SKIPPED and element.tag not in (PARAGRAPH, TABLE):
            yield from _nearest(element, tag)


def _write_paragraph(writer: Writer, paragraph: Any, levels: dict[str, int]) -> None:
    text = "".join(_characters(paragraph)).strip()
    properties = paragraph.find(PROPERTIES)
    style = None if properties is None else properties.find(qn("w:pStyle"))
    level = 0 if style is None else levels.get(style.get(qn("w:val")), 0)
    if level and text:
        writer.heading(level, text)
    elif text:
        is_item = properties is not None and properties.find(qn("w:numPr")) is not None
        is_item = is_item or (style is not None and style.get(qn("w:val"), "").startswith("List"))
        writer.separate("\n" if is_item else "\n\n")
        writer.write(f"- {text}" if is_item else text)
        writer.separate("\n" if is_item else "\n\n")


def _cell_characters(cell: Any) -> Iterator[str]:
    for paragraph in _nearest(cell, PARAGRAPH):
        yield from _characters(paragraph)
        yield "\n"


def _characters(parent: Any) -> Iterator[str]:
    for element in parent:
        if element.tag == TEXT:
            yield element.text or ""
        elif element.tag in CHARACTERS:
            yield CHARACTERS[element.tag]
        elif element.tag not in SKIPPED:
            yield from _characters(element)
            if element.tag == PARAGRAPH:  # in a text box
                yield "\n"
