"""A format is detected by the first bytes, the content type, the name and the text."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from tests.handler.documents.samples import pdf, read, rejected, word

HTML = "<!DOCTYPE html><html><body><p>Hello</p></body></html>"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("content", "name", "content_type", "format"),
    [
        # the content type
        ("# A", "a", "text/markdown", "markdown"),
        ("# A", "a.txt", "text/markdown", "markdown"),
        ("<p>A", "a.txt", "TEXT/HTML; charset=utf-8", "html"),
        ("a,b\n1,2", "a", "text/csv", "csv"),
        ("[1]", "a", "application/json", "json"),
        ("[1]\n[2]", "a", "application/x-ndjson", "jsonl"),
        ("a\tb", "a", "text/tab-separated-values", "csv"),
        ("<a/>", "a.xml", "text/plain", "text"),
        ("<svg><text>A</text></svg>", "a.xyz", "text/xml", "svg"),
        ('<?xml version="1.0"?><rss><channel><title>A</title></channel></rss>', "a", None, "feed"),
        ("import os", "a.py", "text/x-python", "text"),
        ("a: 1", "a.yaml", "application/yaml", "text"),
        # the name, where the content type says little or nothing
        ("# A", "notes/a.MD", None, "markdown"),
        ("# A", "a.md", "", "markdown"),
        ("# A", "a.md", "application/octet-stream", "markdown"),
        ("# A", "a.md", "binary/octet-stream", "markdown"),
        ("# A", "a.md", "text/plain; charset=utf-8", "markdown"),
        ("a,b", "a.csv", "application/vnd.ms-excel", "csv"),
        ("[1]", "a.jsonl", "application/json", "jsonl"),
        ("[1]", "a.json", "image/png", "json"),
        # the content
        ("Hello", "a", None, "text"),
        ("Hello", "a.pages", None, "text"),
        ('{"a": 1}', "a", None, "json"),
        ('\n [1, {"a": 2}]', "a", None, "json"),
        ('{"a": 1}\n{"a": 2}', "a", None, "jsonl"),
        ("{{ template }}", "a", None, "text"),
        ("[note] Hello", "a", None, "text"),
        ("{%s}" % ("1" * 5_000), "a", None, "text"),
        (HTML, "a", None, "html"),
        (f"\ufeff<!-- made by hand -->\n{HTML}", "a", None, "html"),
        (f'<?xml version="1.0"?>\n{HTML}', "a.cgi", "application/x-cgi", "html"),
        # the bytes, against the declared format
        (HTML, "a.txt", "text/plain", "html"),
        (HTML, "a.pdf", "application/pdf", "html"),
        (HTML, "a.md", None, "markdown"),
        (pdf("Hello"), "a.txt", "text/plain", "pdf"),
        (pdf("Hello"), "a.docx", None, "pdf"),
        (b"\r\n" + pdf("Hello"), "a.pdf", None, "pdf"),
        (word(lambda w: w.add_paragraph("Hello")), "a.pdf", "application/zip", "docx"),
        ("Hello", "a", "no type at all;;=;", "text"),
    ],
)
def test_the_format_is_detected(
    content: bytes | str, name: str, content_type: str | None, format: str
) -> None:
    assert read(content, name, content_type).format == format


def zip_of(**entries: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/"), content)
    return buffer.getvalue()


SUPPORTED = (
    "Supported formats: text, Markdown, HTML, PDF, DOCX, PPTX, XLSX, XLS, ODT, ODS, ODP, RTF, "
    "EPUB, EML, MBOX, MHTML, IPYNB, SVG, OPML, RSS, Atom, CSV, JSON and JSON Lines."
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
WAV = b"RIFF" + struct.pack("<I", 100) + b"WAVEfmt "


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, "a PNG picture"),
        (b"\xff\xd8\xff\xe0" + bytes(9), "a JPEG picture"),
        (b"GIF89a" + bytes(9), "a GIF picture"),
        (b"BM" + bytes(60), "a BMP picture"),
        (WAV, "a WebP picture, or a sound or video file"),
        (b"\x00\x00\x00\x18ftypmp42", "a video, or a HEIC or AVIF picture"),
        (b"\x1f\x8b\x08" + bytes(9), "a gzip archive; unpack it and add its files instead"),
        (zip_of(a="x"), "a zip archive; unpack it and add its files instead"),
        (
            zip_of(**{"xl__workbook.bin": "x"}),
            "a binary Excel workbook (.xlsb); save it as .xlsx",
        ),
        (OLE, "a file of an old Office program; save it as .docx or PDF"),
        (
            OLE + "WordDocument".encode("utf-16-le"),
            "an old Word document (.doc); save it as .docx or PDF",
        ),
        (b"\x7fELF\x02" + bytes(9), "a program"),
    ],
)
@pytest.mark.parametrize("declared", [("a", None), ("a.txt", "text/plain"), ("a.pdf", None)])
def test_an_unsupported_format_is_named(
    content: bytes, kind: str, declared: tuple[str, str | None]
) -> None:
    assert rejected(content, *declared) == (
        f"unsupported_file: The file seems to be {kind}. {SUPPORTED}"
    )


@pytest.mark.parametrize(
    ("content", "name", "content_type"),
    [
        ("<a><b/></a>", "a.xml", None),
        ("<a/>", "a", "application/xml"),
        ("<a/>", "a", "application/vnd.x+xml"),
        ('<?xml version="1.0"?>\n<!-- x -->\n<a>text</a>', "a.cfg", None),
    ],
)
def test_xml_of_an_unknown_kind_is_refused(
    content: str, name: str, content_type: str | None
) -> None:
    assert rejected(content, name, content_type) == (
        "unsupported_file: The file seems to be XML of a kind that is not known; save it in one of "
        f"these, or add it as text/plain to search it as it is written. {SUPPORTED}"
    )


def test_a_style_sheet_is_refused() -> None:
    message = f"unsupported_file: The file seems to be a style sheet (CSS). {SUPPORTED}"
    assert rejected("p { color: red }", "a.css") == message
    assert rejected("p { color: red }", "a", "text/css") == message


@pytest.mark.parametrize("junk", ["<!---->", "<?a?>", "<!DOCTYPE a []>", " \n", "<!-- --> -->"])
def test_what_precedes_an_xml_root_takes_no_time(junk: str) -> None:
    assert read('<?xml version="1.0"?>' + junk * 3_000, "a.txt", "text/plain").format == "text"


def test_other_binary_data_is_refused() -> None:
    assert rejected(bytes(range(256)), "a.txt", "text/plain") == (
        "unsupported_file: The file holds binary data, not text, and is in no format that can be "
        "read."
    )


@pytest.mark.parametrize(
    ("name", "content_type", "declared"),
    [
        ("a.pdf", None, "a PDF"),
        ("a", "application/pdf", "a PDF"),
        ("a.docx", None, "a Word file"),
        ("a.pptx", None, "a PowerPoint presentation"),
        ("a.xlsx", None, "an Excel workbook"),
        ("a.svg", None, "an SVG picture"),
        ("a", DOCX, "a Word file"),
    ],
)
def test_a_file_that_is_not_in_its_declared_format_is_refused(
    name: str, content_type: str | None, declared: str
) -> None:
    assert rejected("Hello", name, content_type) == (
        f"invalid_file: The file's content type or name says that it is {declared}, but it does "
        "not begin like one: it is damaged, or in another format."
    )


@pytest.mark.parametrize("content", [b" \n\t", b"\xef\xbb\xbf", "\u00a0\u2003".encode()])
@pytest.mark.parametrize("name", ["a", "a.txt", "a.md", "a.html", "a.csv", "a.jsonl"])
def test_a_file_of_white_space_is_refused(content: bytes, name: str) -> None:
    assert rejected(content, name) == "invalid_file: The file has no text."


def test_a_text_over_the_limit_is_refused() -> None:
    assert rejected("a" * 10_000_001) == (
        "invalid_file: The file's text is longer than 10,000,000 characters, the limit of one "
        "document; split it into several files."
    )
    assert len(read("a" * 10_000_000).text) == 10_000_000
