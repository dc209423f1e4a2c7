"""A PDF that is made to take long or much memory is read in time, or refused."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handler.documents import extract
from handler.errors import DocumentRejected
from tests.handler.documents.pdf.samples import HELVETICA, at, drawn, stream
from tests.handler.documents.samples import pdf, read, rejected


@pytest.fixture(autouse=True)
def _in_time() -> Iterator[None]:
    begin = time.process_time()
    yield
    assert time.process_time() - begin < 5


def form_object(content: str, entries: str) -> str:
    head = f"/Type /XObject /Subtype /Form /BBox [0 0 612 792] {entries}"
    return stream(content, head)


def test_a_drawing_that_contains_itself_is_left_at_once() -> None:
    resources = f"/Resources << /Font << {HELVETICA} >> /XObject << /X 10 0 R >> >>"
    looped = form_object(at(60, 700, "Loop") + "/X Do", resources)
    page = drawn("/X Do", page=resources, objects=[looped])
    assert set(read(page).text.split()) == {"Loop"}


def test_drawings_that_multiply_are_refused_or_read() -> None:
    levels = 7  # each draws the next one ten times
    objects = []
    for level in range(levels):
        inner = f"/XObject << /X {11 + level} 0 R >>" if level < levels - 1 else ""
        resources = f"/Resources << /Font << {HELVETICA} >> {inner} >>"
        content = "/X Do " * 6 if inner else at(60, 700, "x")
        objects.append(form_object(content, resources))
    page = drawn("/X Do", page="/Resources << /XObject << /X 10 0 R >> >>", objects=objects)
    assert read(page).text.split()[:1] == ["x"]


@pytest.mark.parametrize("number", ["1e30", "-1e30", "0", "1e-30", "99999999999999999999"])
def test_absurd_places_and_sizes_are_survived(number: str) -> None:
    content = at(60, 700, "Seen") + f"BT /F1 {number} Tf {number} {number} Td (a b) Tj ET"
    content += f"BT /F1 12 Tf {number} {number} {number} {number} 60 600 Tm (c d) Tj ET"
    assert "Seen" in read(drawn(content)).text


@pytest.mark.parametrize("text", ["<" + "20" * 3_000 + ">", "a" * 20_000, "a " * 10_000])
def test_one_endless_line_is_read(text: str) -> None:
    content = at(1, 700, "x") + at(1, 680, text, 0.01)
    assert read(drawn(content)).text.startswith("x")


def test_thousands_of_pieces_at_one_place_are_read() -> None:
    content = "".join(at(60, 700, f"n{n}", 6) for n in range(5_000))
    assert read(drawn(content + at(60, 600, "End"))).text.endswith("End")


def test_an_outline_without_an_end_is_left() -> None:
    entries = "/Title (Loop) /Parent 10 0 R /Dest [13 0 R /Fit]"
    objects = [
        "<< /Type /Outlines /First 11 0 R /Last 12 0 R /Count 2 >>",
        f"<< {entries} /Next 12 0 R /First 12 0 R >>",
        f"<< {entries} /Next 11 0 R /First 11 0 R >>",
    ]
    page = drawn(at(60, 700, "Loop"), catalog="/Outlines 10 0 R", objects=objects)
    assert read(page).text == "Loop"


def test_a_page_with_too_much_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handler.documents.pdf.page.MAX_CHARACTERS", 10)
    assert rejected(drawn(at(60, 700, "One"), at(60, 700, "Far too many letters"))) == (
        "invalid_file: Page 2 of the PDF has more than 10 characters, the limit of one document; "
        "split it into several files."
    )


def test_annotations_that_refer_to_themselves_are_survived() -> None:
    note = "<< /Type /Annot /Subtype /Widget /FT /Tx /Parent 10 0 R /Kids [10 0 R] >>"
    form = "/AcroForm << /Fields [10 0 R] >>"
    page = drawn(at(60, 700, "Body"), annotations=["10 0 R"], objects=[note], catalog=form)
    assert read(page).text == "Body"


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_file_is_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(pdf("Hello world", "Second page"))
    for _ in range(data.draw(st.integers(1, 20))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert extract(bytes(content), name="a.pdf", content_type=None).text
    except DocumentRejected as error:
        assert error.message
