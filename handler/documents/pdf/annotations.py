"""What lies upon a page: values of forms, typed text, notes and files.

Values and typed text are read; the rest is counted, so that the document can say what it left out.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pypdfium2
from pypdfium2 import raw

from handler.documents.pdf.runs import Run, placed
from handler.limits import MAX_CHARACTERS

# Annotations that may draw text onto the page, beside the fields of a form.
DRAWN = {raw.FPDF_ANNOT_FREETEXT, raw.FPDF_ANNOT_STAMP, raw.FPDF_ANNOT_WATERMARK}
FILES = {raw.FPDF_ANNOT_FILEATTACHMENT}
MEDIA = {
    raw.FPDF_ANNOT_SOUND,
    raw.FPDF_ANNOT_MOVIE,
    raw.FPDF_ANNOT_SCREEN,
    raw.FPDF_ANNOT_THREED,
    raw.FPDF_ANNOT_RICHMEDIA,
}
# A pop-up shows the note of another annotation, and a link's text is the page's.
SILENT = {raw.FPDF_ANNOT_POPUP, raw.FPDF_ANNOT_LINK, raw.FPDF_ANNOT_PRINTERMARK}
TYPED = {
    raw.FPDF_FORMFIELD_TEXTFIELD,
    raw.FPDF_FORMFIELD_COMBOBOX,
    raw.FPDF_FORMFIELD_LISTBOX,
}
BOXES = {raw.FPDF_FORMFIELD_CHECKBOX, raw.FPDF_FORMFIELD_RADIOBUTTON}
MAX_OPTIONS = 1_000  # of a list that are looked at
PASSWORD, COMB = 1 << 13, 1 << 24  # flags of a text field
LINE = 12.0  # points: how high a typed line is at most
MAX_DRAWN = 1_000  # objects of an annotation that are looked at


@dataclass(slots=True)
class Annotations:
    """What the annotations of a page hold."""

    notes: int = 0
    files: int = 0
    media: int = 0
    draws_text: bool = False  # flattening the page makes it part of its content
    values: list[Run] = field(default_factory=list)  # that no appearance shows


def annotations_of(page: pypdfium2.PdfPage) -> Annotations:
    """Look at the annotations of `page`. Those whose value is taken are hidden."""
    found = Annotations()
    for index in range(raw.FPDFPage_GetAnnotCount(page)):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        if annotation:
            try:
                _look_at(annotation, page, found)
            finally:
                raw.FPDFPage_CloseAnnot(annotation)
    return found


def flatten(page: pypdfium2.PdfPage) -> bool:
    """Make what annotations draw a part of the page's content, once it is loaded again."""
    return bool(raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY) == raw.FLATTEN_SUCCESS)


def _look_at(annotation: Any, page: pypdfium2.PdfPage, found: Annotations) -> None:
    kind = raw.FPDFAnnot_GetSubtype(annotation)
    if kind in SILENT:
        return
    if kind in FILES:
        found.files += 1
    elif kind in MEDIA:
        found.media += 1
    elif kind == raw.FPDF_ANNOT_WIDGET or kind in DRAWN:
        if not raw.FPDFAnnot_GetFlags(annotation) & (
            raw.FPDF_ANNOT_FLAG_HIDDEN | raw.FPDF_ANNOT_FLAG_NOVIEW
        ):
            _look_at_drawn(annotation, page, found)
    elif _string(annotation, b"Contents").strip():
        found.notes += 1


def _look_at_drawn(annotation: Any, page: pypdfium2.PdfPage, found: Annotations) -> None:
    is_widget = raw.FPDFAnnot_GetSubtype(annotation) == raw.FPDF_ANNOT_WIDGET
    flags = _field_flags(annotation, page) if is_widget else 0
    kind = raw.FPDFAnnot_GetFormFieldType(page.formenv, annotation) if is_widget else -1
    # A box's mark says its state only to the eye, and a list shows what was not chosen, too.
    is_choice = kind in BOXES or kind == raw.FPDF_FORMFIELD_LISTBOX
    if _shows_text(annotation) and not (is_choice or flags & (COMB | PASSWORD)):
        found.draws_text = True
        return
    value = (
        _value(kind, annotation, page.formenv) if is_widget else _string(annotation, b"Contents")
    )
    if value.strip() and not flags & PASSWORD:
        found.values.append(_run(value, annotation, page))
    hidden = raw.FPDFAnnot_GetFlags(annotation) | raw.FPDF_ANNOT_FLAG_HIDDEN
    raw.FPDFAnnot_SetFlags(annotation, hidden)


def _shows_text(annotation: Any) -> bool:
    for index in range(min(raw.FPDFAnnot_GetObjectCount(annotation), MAX_DRAWN)):
        kind = raw.FPDFPageObj_GetType(raw.FPDFAnnot_GetObject(annotation, index))
        if kind in (raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_FORM):
            return True
    return False


def _field_flags(annotation: Any, page: pypdfium2.PdfPage) -> int:
    form = page.formenv
    return int(raw.FPDFAnnot_GetFormFieldFlags(form, annotation)) if form else 0


def _value(kind: int, annotation: Any, form: Any) -> str:
    """What is typed into a field of a form, chosen from its list, or marked."""
    if kind in BOXES:
        return "[x]" if _is_marked(annotation, form) else "[ ]"
    if kind not in TYPED:
        return ""
    chosen = [
        _text(partial(raw.FPDFAnnot_GetOptionLabel, form, annotation, index))
        for index in range(min(raw.FPDFAnnot_GetOptionCount(form, annotation), MAX_OPTIONS))
        if raw.FPDFAnnot_IsOptionSelected(form, annotation, index)
    ]
    typed = _text(partial(raw.FPDFAnnot_GetFormFieldValue, form, annotation))
    return ", ".join(chosen) or typed


def _is_marked(annotation: Any, form: Any) -> bool:
    """Whether a check box or radio button is on: by its appearance's state or its value.

    Some programs fill in a box and forget its appearance; pdfium makes one up, which is off.
    """
    if raw.FPDFAnnot_IsChecked(form, annotation):
        return True
    return _string(annotation, b"V") not in ("", "Off")


def _string(annotation: Any, key: bytes) -> str:
    return _text(partial(raw.FPDFAnnot_GetStringValue, annotation, key))


def _text(get: Callable[[Any, int], int]) -> str:
    """The text that `get` writes into a buffer of UTF-16, after it has told the length."""
    size = get(None, 0)
    if not 2 < size <= 2 * MAX_CHARACTERS:
        return ""
    buffer = (ctypes.c_ushort * (size // 2))()
    get(buffer, size)
    return bytes(buffer)[:-2].decode("utf-16-le", "ignore")


def _run(value: str, annotation: Any, page: pypdfium2.PdfPage) -> Run:
    """`value` as a run on the first line of the annotation's box."""
    box = raw.FS_RECTF()
    raw.FPDFAnnot_GetRect(annotation, ctypes.byref(box))
    direction = page.get_rotation()
    left, right = sorted((box.left, box.right))
    bottom, top = sorted((box.bottom, box.top))
    height = (right - left) if direction % 180 else (top - bottom)
    em = max(1.0, min(0.8 * height, LINE))
    # From the box's upper edge, as one reads it, to the line's base.
    down = min(height / 2 + 0.35 * em, 1.5 * em)
    x, y = {
        0: (left, top - down),
        90: (left + down, bottom),
        180: (right, bottom + down),
        270: (right - down, top),
    }[direction]
    run = placed(" ".join(value.split()), x, y, (left, bottom, right, top), direction, em)
    run.em, run.is_added = em, True
    return run
