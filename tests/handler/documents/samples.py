"""Files of each format, made here, so that it is plain to see what is in them."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable

import docx
import pytest
from docx.document import Document as WordDocument
from fpdf import FPDF

from handler.documents import Document, extract
from handler.errors import DocumentRejected


def read(content: bytes | str, name: str = "file", content_type: str | None = None) -> Document:
    """Extract a document; text is sent as UTF-8."""
    content = content.encode() if isinstance(content, str) else content
    return extract(content, name=name, content_type=content_type)


def rejected(content: bytes | str, name: str = "file", content_type: str | None = None) -> str:
    """Why a file is rejected: "code: message"."""
    with pytest.raises(DocumentRejected) as raised:
        read(content, name, content_type)
    return f"{raised.value.code}: {raised.value.message}"


def word(write: Callable[[WordDocument], object]) -> bytes:
    """A Word file with what `write` puts into it."""
    document = docx.Document()
    write(document)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def with_body(xml: str) -> bytes:
    """A Word file, of which the body is `xml`."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    document = f'<w:document xmlns:w="{space}"><w:body>{xml}</w:body></w:document>'
    return replace_entry(word(lambda _: None), "word/document.xml", document.encode())


def replace_entry(archive: bytes, name: str, content: bytes) -> bytes:
    """A zip archive with another content of one of its entries."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(archive)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.namelist():
            new.writestr(entry, content if entry == name else old.read(entry))
    return buffer.getvalue()


def pdf(*pages: str, width: float = 0, **encryption: str) -> bytes:
    """A PDF with a page for each text, in a line, or in lines of `width` mm."""
    document = FPDF()
    document.set_font("helvetica", size=12)
    if encryption:
        document.set_encryption(**encryption)
    for text in pages:
        document.add_page()
        if width:
            document.multi_cell(width, None, text)
        elif text:
            document.cell(text=text)
    return bytes(document.output())


def pdf_with_stream(stream: bytes, filters: str = "/FlateDecode") -> bytes:
    """A PDF of one page, drawn by `stream`, which is packed already."""
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page + b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d /Filter %s >>\nstream\n" % (len(stream), filters.encode())
        + stream
        + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    file, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(file))
        file += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    begin = len(file)
    file += b"xref\n0 6\n0000000000 65535 f \n" + table
    return file + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % begin


def deflated_spaces(megabytes: int, *, twice: bool = False) -> bytes:
    """So many MiB of spaces, deflated to a thousandth of it, or that once more."""
    packer = zlib.compressobj(1)
    piece = b" " * 1_048_576
    packed = b"".join(packer.compress(piece) for _ in range(megabytes)) + packer.flush()
    return zlib.compress(packed) if twice else packed


def word_bomb(megabytes: int) -> bytes:
    """A Word file of which the body inflates to so many MiB."""
    buffer = io.BytesIO()
    piece = b" " * 1_048_576
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
        new.open("word/document.xml", "w", force_zip64=True) as body,
    ):
        for _ in range(megabytes):
            body.write(piece)
    return buffer.getvalue()
