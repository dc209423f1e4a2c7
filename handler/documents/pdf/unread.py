"""Collects what is in a PDF beside the text that was read, and says it in warnings."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import pypdfium2
from pypdfium2 import raw

from handler.documents.pdf.annotations import Annotations
from handler.documents.writer import Writer

MAX_RANGES = 12  # of pages that a warning lists
MAX_DEPTH = 3  # of drawings within drawings
MAX_OBJECTS = 200  # of a page that are looked at
MOST = 0.6  # of a page, that a scan covers
MANY_PATHS = 50  # a frame and rules are fewer


class Unread:
    """What was seen and not read."""

    def __init__(self) -> None:
        self._notes = self._files = self._media = 0
        self._pages_with_notes: list[int] = []
        self._pages_of_pictures: list[int] = []
        self._stamped_pages: list[int] = []

    def add(self, number: int, annotations: Annotations) -> None:
        """Count the annotations of page `number`, from 1."""
        self._notes += annotations.notes
        self._files += annotations.files
        self._media += annotations.media
        if annotations.notes:
            self._pages_with_notes.append(number)

    def add_pictures(self, number: int) -> None:
        """Record that page `number` has no text, but is not blank."""
        self._pages_of_pictures.append(number)

    def add_stamped(self, number: int) -> None:
        """Record that page `number` is a picture with almost no text, such as a page number."""
        self._stamped_pages.append(number)

    def warn(self, pdf: pypdfium2.PdfDocument, writer: Writer) -> None:
        """Write a warning for each kind of thing that was not read."""
        if count := len(self._pages_of_pictures):
            writer.warn(
                f"{_count(count, 'page')} of {len(pdf):,} {_have(count)} pictures or drawings but "
                f"no text, and {_were(count)} not read: {_listed(self._pages_of_pictures)}. Run "
                "the PDF through text recognition (OCR) to have them read."
            )
        if stamped := self._stamped_pages:
            writer.warn(
                f"In the PDF, {_listed(stamped)} {_have(len(stamped))} pictures and almost no "
                "text: what the pictures show was not read. Run the PDF through text recognition "
                "(OCR) to have it read."
            )
        if notes := self._notes:
            comments, pages = _count(notes, "comment"), _listed(self._pages_with_notes)
            writer.warn(f"{comments} in the PDF {_were(notes)} not read, on {pages}.")
        if files := self._files + max(0, raw.FPDFDoc_GetAttachmentCount(pdf)):
            writer.warn(f"{_count(files, 'attached file')} in the PDF {_were(files)} not read.")
        if self._media:
            media = _count(self._media, "sound, film or 3D model", "sounds, films or 3D models")
            writer.warn(f"{media} in the PDF {_were(self._media)} not read.")
        self._warn_of_scripts(pdf, writer)

    @staticmethod
    def _warn_of_scripts(pdf: pypdfium2.PdfDocument, writer: Writer) -> None:
        form = raw.FPDF_GetFormType(pdf)
        if form in (raw.FORMTYPE_XFA_FULL, raw.FORMTYPE_XFA_FOREGROUND):
            writer.warn(
                "The PDF has an XFA form, of which only what its pages show to other programs is "
                "read. Print it to a PDF to have all of it."
            )
        if raw.FPDFDoc_GetJavaScriptActionCount(pdf) > 0:
            writer.warn(
                "The PDF has JavaScript, which was not run: what it would show is not read."
            )


def has_pictures(page: pypdfium2.PdfPage) -> bool:
    """Whether `page` shows a picture, or so many lines that they may be letters."""
    paths = 0
    objects = (raw.FPDFPage_GetObject(page, i) for i in range(raw.FPDFPage_CountObjects(page)))
    for kind in islice(_kinds(objects, 0), MAX_OBJECTS):
        if kind in (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_SHADING):
            return True
        paths += kind == raw.FPDF_PAGEOBJ_PATH
    return paths >= MANY_PATHS


def is_picture(page: pypdfium2.PdfPage) -> bool:
    """Whether pictures cover most of `page`, as on a scan."""
    count = min(raw.FPDFPage_CountObjects(page), MAX_OBJECTS)
    objects = (raw.FPDFPage_GetObject(page, index) for index in range(count))
    left, bottom, right, top = page.get_bbox()
    covered = sum(
        max(0.0, min(right, box[2]) - max(left, box[0]))
        * max(0.0, min(top, box[3]) - max(bottom, box[1]))
        for box in map(_bounds, filter(_draws_picture, objects))
    )
    return bool(covered > MOST * (right - left) * (top - bottom))


def _draws_picture(drawn: Any) -> bool:
    return raw.FPDF_PAGEOBJ_IMAGE in islice(_kinds([drawn], 0), MAX_OBJECTS)


def _bounds(drawn: Any) -> tuple[float, float, float, float]:
    left, bottom, right, top = sides = tuple(ctypes.c_float() for _ in range(4))
    if not raw.FPDFPageObj_GetBounds(drawn, *map(ctypes.byref, sides)):
        return 0.0, 0.0, 0.0, 0.0
    return left.value, bottom.value, right.value, top.value


def _kinds(objects: Iterable[Any], depth: int) -> Iterator[int]:
    for each in objects:
        kind = raw.FPDFPageObj_GetType(each)
        if kind == raw.FPDF_PAGEOBJ_FORM and depth < MAX_DEPTH:
            count = max(0, raw.FPDFFormObj_CountObjects(each))
            within = (raw.FPDFFormObj_GetObject(each, index) for index in range(count))
            yield from _kinds(within, depth + 1)
        yield kind


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one}" if number == 1 else f"{number:,} {many or one + 's'}"


def _have(number: int) -> str:
    return "has" if number == 1 else "have"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _listed(pages: Sequence[int]) -> str:
    """Pages as a person lists them: "pages 2 to 5 and 9"."""
    ranges: list[list[int]] = []
    for page in pages:
        if ranges and page == ranges[-1][-1] + 1:
            ranges[-1] = [ranges[-1][0], page]
        else:
            ranges.append([page])
    shown = [" to ".join(f"{end:,}" for end in ends) for ends in ranges[:MAX_RANGES]]
    if len(ranges) > MAX_RANGES:
        shown.append("more")
    text = f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else shown[0]
    return f"{'page' if len(pages) == 1 else 'pages'} {text}"
