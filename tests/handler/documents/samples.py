"""Makes files of each format, so that a test shows what is in them; and reads them."""

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
    """Extract a document. A string is encoded as UTF-8."""
    content = content.encode() if isinstance(content, str) else content
    return extract(content, name=name, content_type=content_type)


def rejected(content: bytes | str, name: str = "file", content_type: str | None = None) -> str:
    """The reason why a file is rejected: "code: message"."""
    with pytest.raises(DocumentRejected) as raised:
        read(content, name, content_type)
    return f"{raised.value.code}: {raised.value.message}"


def word(write: Callable[[WordDocument], object]) -> bytes:
    """A Word file with the content that `write` adds."""
    document = docx.Document()
    write(document)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def with_body(xml: str) -> bytes:
    """A Word file whose body is `xml`."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    document = f'<w:document xmlns:w="{space}"><w:body>{xml}</w:body></w:document>'
    return replace_entry(word(lambda _: None), "word/document.xml", document.encode())


def replace_entry(archive: bytes, name: str, content: bytes) -> bytes:
    """The zip archive with the content of one entry replaced."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(archive)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.namelist():
            new.writestr(entry, content if entry == name else old.read(entry))
    return buffer.getvalue()


def pdf(*pages: str, width: float = 0, owner_password: str = "", user_password: str = "") -> bytes:
    """A PDF with one page for each text, on one line, or on lines of `width` mm."""
    document = FPDF()
    document.set_font("helvetica", size=12)
    if owner_password:
        document.set_encryption(owner_password, user_password)
    for text in pages:
        document.add_page()
        if width:
            document.multi_cell(width, None, text)
        elif text:
            document.cell(text=text)
    return bytes(document.output())


def pdf_with_stream(stream: bytes, filters: str = "/FlateDecode") -> bytes:
    """A PDF of one page that is drawn by `stream`, already encoded with `filters`."""
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
    """That many MiB of spaces, deflated to a thousandth of the size; twice: and deflated again.

    After a full flush a block does not depend on those before it, so one block is repeated. Only
    the checksum at the end is wrong.
    """
    packer = zlib.compressobj(1)
    block = b" " * 1_048_576
    first, next_ = (packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    packed = first + next_ * (megabytes - 1) + packer.flush()
    return zlib.compress(packed) if twice else packed


def word_bomb(megabytes: int) -> bytes:
    """A Word file whose body inflates to that many MiB."""
    buffer = io.BytesIO()
    block = b" " * 1_048_576
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
        new.open("word/document.xml", "w", force_zip64=True) as body,
    ):
        for _ in range(megabytes):
            body.write(block)
    return buffer.getvalue()
