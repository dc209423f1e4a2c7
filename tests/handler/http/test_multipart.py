"""Forms, as clients write them and as they do not: read to the byte, or refused with the reason."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.errors import InvalidRequest, RequestTooLarge
from handler.files.form import Form
from handler.http.multipart import FormParser, read_boundary

BOUNDARY = b"----b0undary"
TEXTS = ("purpose", "expires_after[anchor]")
FILE = b'Content-Disposition: form-data; name="file"; filename="a.txt"'
PURPOSE = b'Content-Disposition: form-data; name="purpose"'


def part(headers: bytes, content: bytes) -> bytes:
    return headers + b"\r\n\r\n" + content


def body(*parts: bytes, end: bytes = b"--\r\n") -> bytes:
    delimiter = b"--" + BOUNDARY
    return b"".join(delimiter + b"\r\n" + one + b"\r\n" for one in parts) + delimiter + end


def parse(sent: bytes, *, cuts: Sequence[int] = (), max_file: int = 1000) -> tuple[Form, bytes]:
    """The form, and the content of its file. cuts: where the body is cut, as a network does."""
    parser = FormParser(BOUNDARY, file_field="file", text_fields=TEXTS, max_file=max_file)
    ends = [*sorted(cut % (len(sent) + 1) for cut in cuts), len(sent)]
    try:
        start = 0
        for end in ends:
            parser.feed(sent[start:end])
            start = end
        form = parser.finish()
        return form, form.file.content.read()
    finally:
        parser.close()


@given(
    st.binary(max_size=300) | st.just(b"\r\n--" + BOUNDARY[:-1]) | st.just(b"\r\n--" * 50),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=50),
    st.lists(st.integers(0, 1000), max_size=20),
)
def test_a_form_is_read_to_the_byte_however_it_is_cut(
    content: bytes, text: str, cuts: list[int]
) -> None:
    form, read = parse(body(part(FILE, content), part(PURPOSE, text.encode())), cuts=cuts)
    assert read == content
    assert form.texts == {"purpose": text}
    assert (form.file.size, form.file.filename) == (len(content), "a.txt")
    assert form.file.sha256 == hashlib.sha256(content).hexdigest()


WELL_FORMED = body(part(FILE + b"\r\nContent-Type: text/plain", b"hello"), part(PURPOSE, b"batch"))


@given(
    st.lists(
        st.tuples(st.integers(0, len(WELL_FORMED)), st.integers(0, 8), st.binary(max_size=8)),
        max_size=4,
    ),
    st.lists(st.integers(0, 1000), max_size=5),
)
def test_a_damaged_form_is_read_or_refused(
    changes: list[tuple[int, int, bytes]], cuts: list[int]
) -> None:
    sent = WELL_FORMED
    for start, length, new in changes:
        sent = sent[:start] + new + sent[start + length :]
    try:
        parse(sent, cuts=cuts)
    except InvalidRequest as error:
        assert len(error.message) < 400


@given(st.binary(max_size=500))
def test_any_bytes_are_refused(sent: bytes) -> None:
    with pytest.raises(InvalidRequest):
        parse(sent)


@pytest.mark.parametrize(
    ("parameter", "filename"),
    [
        (b'filename="a b.txt"', "a b.txt"),
        (b"filename=a.txt", "a.txt"),
        (b'FileName="a.txt"', "a.txt"),
        ('filename="übér 猫.txt"'.encode(), "übér 猫.txt"),
        (b'filename="a%22b%0D%0A.txt"', 'a"b\r\n.txt'),  # browsers' escapes
        (b'filename="100%25.txt"', "100%25.txt"),  # which are no others
        (rb'filename="a\"b;c\\d.txt"', r'a"b;c\d.txt'),
        (rb'filename="C:\new\a.txt"', r"C:\new\a.txt"),
        (b"filename*=UTF-8''%E7%8C%AB.txt", "猫.txt"),
        (b"filename=\"a.txt\"; filename*=utf-8'en'%e7%8c%ab.txt", "猫.txt"),
        (b"filename*=ISO-8859-1''%FC.txt", "ü.txt"),
        (b'filename=""', ""),
        (b"", None),
        (b"filename*0=a; filename*1=b", None),
        (b'filename="a;name=other"', "a;name=other"),
    ],
)
def test_a_filename_is_read_as_clients_write_it(parameter: bytes, filename: str | None) -> None:
    headers = b'Content-Disposition: form-data; name="file"; ' + parameter
    form, _ = parse(body(part(headers, b"")))
    assert form.file.filename == filename


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (b"", "ends before its last boundary"),
        (body(part(FILE, b"x"))[:-10], "ends before its last boundary"),
        (body(part(FILE, b"x"), end=b"\r\n"), "ends before its last boundary"),
        (body(), "'file' is missing"),
        (body(part(PURPOSE, b"batch")), "'file' is missing"),
        (body(part(FILE, b"x"), part(FILE, b"y")), "'file' is in the form twice"),
        (body(part(PURPOSE, b"x"), part(PURPOSE, b"y")), "'purpose' is in the form twice"),
        (
            body(part(FILE.replace(b'"file"', b'"document"'), b"x")),
            "a field 'document', which is not known; it can have file, purpose",
        ),
        (body(part(b"Content-Disposition: form-data", b"x")), "so it has no name"),
        (body(part(b'Content-Disposition: form-data; name=""', b"x")), "so it has no name"),
        (body(part(b'Content-Disposition: attachment; name="file"', b"x")), "so it has no name"),
        (body(part(b"Content-Type: text/plain", b"x")), "so it has no name"),
        (body(part(b'Content-Disposition: form-data; name="\xff"', b"x")), "is not UTF-8"),
        (body(part(PURPOSE, b"\xff"), part(FILE, b"")), "'purpose' is not UTF-8"),
        (body(part(PURPOSE, b"x" * 1025)), "'purpose' has more than 1,024 bytes"),
        (
            body(part(FILE + b"\r\nContent-Transfer-Encoding: base64", b"aGk=")),
            "Content-Transfer-Encoding 'base64'",
        ),
        (body(part(FILE + b"; filename*=UTF-8''%FF", b"x")), "'filename\\*' of 'file' cannot"),
        (body(part(FILE + b"; filename*=odd", b"x")), "'filename\\*' of 'file' cannot"),
        (body(part(b"X-Long: " + b"x" * 9000, b"x")), "a header of a part is wrong or too long"),
        (body(part(b"\r\n".join([b"X: 1"] * 20), b"x")), "a header of a part is wrong"),
        (body(part(b"no colon", b"x")), "a header of a part is wrong"),
        (b"--other\r\n" + part(FILE, b"x") + b"\r\n--other--\r\n", "not a form with the boundary"),
        (b'{"purpose": "assistants"}', "not a form with the boundary"),
    ],
)
def test_a_wrong_form_is_told_what_is_wrong(sent: bytes, message: str) -> None:
    for cuts in ((), range(len(sent))):
        with pytest.raises(InvalidRequest, match=message):
            parse(sent, cuts=cuts)


def test_a_form_of_many_parts_is_refused_at_the_second() -> None:
    parser = FormParser(BOUNDARY, file_field="file", text_fields=TEXTS, max_file=1)
    with pytest.raises(InvalidRequest, match="twice"):
        parser.feed(body(*[part(PURPOSE, b"")] * 10_000))
    parser.close()


def test_what_comes_after_the_form_is_ignored() -> None:
    assert parse(WELL_FORMED + b"epilogue")[1] == b"hello"


def test_a_file_has_a_limit() -> None:
    assert parse(body(part(FILE, b"x" * 10)), max_file=10)[0].file.size == 10
    with pytest.raises(RequestTooLarge, match="'file' has more than 10 bytes"):
        parse(body(part(FILE, b"x" * 11)), max_file=10)


def test_the_content_type_of_the_file_is_kept() -> None:
    assert parse(WELL_FORMED)[0].file.content_type == "text/plain"


@pytest.mark.parametrize(
    ("content_type", "boundary"),
    [
        ("multipart/form-data; boundary=abc", b"abc"),
        ('Multipart/Form-Data; charset=utf-8; Boundary="a b;c"', b"a b;c"),
    ],
)
def test_the_boundary_is_read(content_type: str, boundary: bytes) -> None:
    assert read_boundary(content_type) == boundary


@pytest.mark.parametrize(
    "content_type",
    ["", "application/json", "multipart/form-data", "multipart/form-data; boundary=",
     "multipart/mixed; boundary=abc"],
)  # fmt: skip
def test_a_body_that_is_no_form_is_told_what_one_is(content_type: str) -> None:
    message = f"The Content-Type is '{content_type}'; it must be multipart/form-data"
    with pytest.raises(InvalidRequest, match=re.escape(message)):
        read_boundary(content_type)


def test_a_boundary_that_is_too_long_is_refused() -> None:
    with pytest.raises(InvalidRequest):
        FormParser(b"x" * 300, file_field="file", text_fields=(), max_file=1)


def test_nothing_that_was_sent_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO), pytest.raises(InvalidRequest):
        parse(b"--secret")
    assert caplog.text == ""
