"""Any bytes under any name give a Document or a DocumentRejected, and nothing else."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handler.documents import Document, extract
from handler.documents.formats import EXTENSIONS, MEDIA_TYPES
from handler.documents.sandbox import Sandbox
from handler.errors import DocumentRejected
from tests.handler.documents.samples import pdf, word
from tests.strategies import ANY_CHARACTER

PDF = pdf("First page.", "", "Third page.")
WORD = word(lambda document: document.add_heading("Heading", 1))
HTML = b"<!doctype html><title>T</title><h1>H</h1><table><tr><td>a<td>b</table><pre>x</pre><li>i"
BEGINNINGS = [
    b"",
    b"%PDF-1.7\n",
    b"PK\x03\x04word/document.xml",
    b"\xff\xfe",
    b"<html>",
    b"{",
    b"[",
]

NAMES = st.sampled_from([f"a{extension}" for extension in EXTENSIONS]) | st.text(ANY_CHARACTER)
TYPES = st.none() | st.sampled_from(sorted(MEDIA_TYPES)) | st.text(ANY_CHARACTER)
CHARSETS = st.sampled_from(
    ["", "; charset=utf-16", "; charset=shift_jis", "; charset=hex", "; charset=undefined"]
)
BYTES = st.builds(bytes.__add__, st.sampled_from(BEGINNINGS), st.binary(max_size=300))
TEXTS = st.text(ANY_CHARACTER, max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass"))
MARKUP = st.lists(
    st.sampled_from(
        "<h1> </h1> <h2 <p> </p> <table> <tr> <td> </table> <ul> <ol> <li> </ul> <pre> </pre> x # "
        "### === --- ``` ~~~ \n \r\n \t \x00 &nbsp; &amp &#0; <!-- --> <svg> <template> <title> "
        '<img\talt=i> <div\thidden> <br> , ; " {"a": [ ] } 1 é'.split(" ")
    ),
    max_size=60,
).map(lambda parts: "".join(parts).encode())


def check(content: bytes, name: str, content_type: str | None) -> None:
    try:
        document = extract(content, name=name, content_type=content_type)
    except DocumentRejected as error:
        assert error.code in ("unsupported_file", "invalid_file")
        assert error.message.endswith((".", "?", "…)."))
        assert error.message[0].isupper()
        return
    check_document(document)


def check_document(document: Document) -> None:
    """The invariants of a document: clean text, and marks in order and inside it."""
    text = document.text
    assert text.strip()
    assert "\x00" not in text
    assert "\r" not in text
    text.encode()  # no lone surrogates
    offsets = [heading.offset for heading in document.headings]
    assert offsets == sorted(set(offsets))
    assert all(0 < len(heading.text) <= 200 for heading in document.headings)
    assert all(not text[offset].isspace() or text[offset] == " " for offset in offsets)
    assert list(document.pages) == sorted(document.pages)
    for offset in (*document.pages, *offsets):
        assert 0 <= offset <= len(text)


@given(content=BYTES | TEXTS | MARKUP, name=NAMES, media_type=TYPES, charset=CHARSETS)
@example(b"\xff\xfe\x00\x00", "a.csv", None, "")
@example(b"\x00", "a.json", "application/json", "; charset=utf-16")
def test_any_bytes_are_read_or_rejected(
    content: bytes, name: str, media_type: str | None, charset: str
) -> None:
    check(content, name, media_type and media_type + charset)


@given(content=BYTES | TEXTS | MARKUP, name=NAMES, media_type=TYPES)
@example(b"# A", "\ud800.md", "\ud800")
def test_the_sandbox_gives_the_same_document_or_reason(
    shared_sandbox: Sandbox, content: bytes, name: str, media_type: str | None
) -> None:

    def outcome(read: Callable[[], Document]) -> object:
        try:
            return read()
        except DocumentRejected as error:
            return error.code, error.message

    inside = outcome(
        lambda: shared_sandbox.extract(content, name=name, content_type=media_type, seconds=100)
    )
    assert inside == outcome(lambda: extract(content, name=name, content_type=media_type))


@pytest.mark.parametrize("extension", sorted(set(EXTENSIONS) - {".pdf", ".docx"}))
@given(content=MARKUP | TEXTS)
def test_any_text_is_read_or_rejected_in_each_text_format(extension: str, content: bytes) -> None:
    check(content, f"a{extension}", None)


@pytest.mark.parametrize("content", [PDF, WORD, HTML], ids=["pdf", "docx", "html"])
@given(seed=st.integers(0, 2**32))
def test_damaged_files_are_read_or_rejected(content: bytes, seed: int) -> None:
    """Some bytes are changed, and the end may be missing."""
    rng = random.Random(seed)
    damaged = bytearray(content)
    for _ in range(rng.randint(1, 20)):
        damaged[rng.randrange(len(damaged))] = rng.randrange(256)
    end = rng.choice([len(damaged), rng.randrange(len(damaged))])
    check(bytes(damaged[:end]), "a", None)
