"""The text of one page: its runs, lines and reading order. Frees pdfium's memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any

import pypdfium2
from pypdfium2 import raw

from handler.documents.pdf.added import place
from handler.documents.pdf.annotations import Annotations, annotations_of, flatten
from handler.documents.pdf.columns import in_reading_order
from handler.documents.pdf.library import address
from handler.documents.pdf.lines import lines_of
from handler.documents.pdf.runs import Run, runs_of
from handler.documents.pdf.unread import Unread, has_pictures, is_picture
from handler.errors import DocumentRejected
from handler.limits import MAX_CHARACTERS

STAMP = 60  # characters: page numbers and marks of a scan are fewer
MAX_DEPTH = 5  # of drawings within drawings


def page_text(pdf: pypdfium2.PdfDocument, index: int, unread: Unread) -> str:
    """The text of the page at `index`, from 0: a line of it on each line.

    What is on the page and not read is recorded in `unread`.
    """
    with closing(pdf[index]) as page:
        annotations = annotations_of(page)
        unread.add(index + 1, annotations)
        drawn = raw.FPDFPage_CountObjects(page)
        is_changed = annotations.draws_text and flatten(page)
        if not is_changed:
            return _text(page, index, annotations, frozenset(), unread)
    with closing(pdf[index]) as page:  # only now does it show the change
        return _text(page, index, annotations, _text_objects(page, drawn), unread)


def _text(
    page: pypdfium2.PdfPage,
    index: int,
    annotations: Annotations,
    added: frozenset[int],
    unread: Unread,
) -> str:
    runs = _runs(page, index, added)
    if annotations.values or added:
        late = [run for run in runs if run.is_added] + annotations.values
        lines = lines_of(run for run in runs if not run.is_added)
        lines = place(lines, lines_of(late))
    else:
        lines = lines_of(runs)
    text = "\n".join(line.text for line in in_reading_order(lines))
    if not text and has_pictures(page):
        unread.add_pictures(index + 1)
    elif text and len(text) <= STAMP and is_picture(page):
        unread.add_stamped(index + 1)
    return text


def _runs(page: pypdfium2.PdfPage, index: int, added: frozenset[int]) -> list[Run]:
    with closing(page.get_textpage()) as textpage:
        if textpage.count_chars() > MAX_CHARACTERS:
            raise DocumentRejected(
                "invalid_file",
                f"Page {index + 1:,} of the PDF has more than {MAX_CHARACTERS:,} characters, the "
                "limit of one document; split it into several files.",
            )
        return list(runs_of(textpage.raw, page.get_bbox(), added))


def _text_objects(page: pypdfium2.PdfPage, begin: int) -> frozenset[int]:
    """The addresses of the text objects from the index `begin` of the page's objects."""
    indices = range(begin, raw.FPDFPage_CountObjects(page))
    objects = (raw.FPDFPage_GetObject(page, index) for index in indices)
    return frozenset(_addresses(objects, 0))


def _addresses(objects: Iterable[Any], depth: int) -> Iterator[int]:
    for each in objects:
        kind = raw.FPDFPageObj_GetType(each)
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            yield address(each)
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < MAX_DEPTH:
            count = max(0, raw.FPDFFormObj_CountObjects(each))
            within = (raw.FPDFFormObj_GetObject(each, index) for index in range(count))
            yield from _addresses(within, depth + 1)
