"""Fields: a code such as PAGE or FORMCHECKBOX, and the result that Word shows for it.

Codes are left out and results read. What Word draws without a result (a check box, a choice, a
symbol) is written here. Calculates nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from handler.documents.docx.eq_fields import equation, is_equation
from handler.documents.docx.names import VAL, Element, is_on, name, number
from handler.documents.symbols import symbol

TYPE = name("w:fldCharType")
FORM = name("w:ffData")
CHECKED, CHECKED_BY_DEFAULT = name("w:checked"), name("w:default")
PAGE = re.compile(r"\s*(?:PAGE|NUMPAGES|SECTIONPAGES)\b", re.IGNORECASE)
SYMBOL = re.compile(
    r"\s*SYMBOL\s+(0x[0-9a-f]{1,4}|\d{1,5})\b(?:.*?\\f\s*\"?([^\"\\]+))?", re.IGNORECASE
)
PAGE_MARK = "\x00"  # stands for a page's number that is left out; no XML can have it
MAX_FIELDS = 100  # open at once; more are no fields of Word's
MAX_CODE = 2_000  # characters of a code that are looked at


@dataclass
class Field:
    """A field that has begun."""

    form: Element | None  # what a form field holds
    code: str = ""
    in_result: bool = False
    has_result: bool = False

    @property
    def is_page(self) -> bool:
        """Whether it shows a page's number, or how many there are."""
        return bool(PAGE.match(self.code))


class Fields:
    """The fields that are open at a place in a paragraph, outermost first."""

    def __init__(self, *, skip_pages: bool) -> None:
        self._open: list[Field] = []
        self.equations = self.unread = 0  # that Word draws from a code
        self._skip_pages = skip_pages

    @property
    def is_code(self) -> bool:
        """Whether text at this place is not shown."""
        return any(not each.in_result or self._is_skipped(each) for each in self._open)

    def add_code(self, text: str) -> None:
        """Part of the innermost field's code."""
        if self._open and len(self._open[-1].code) < MAX_CODE:
            self._open[-1].code += text[:MAX_CODE]

    def saw_text(self) -> None:
        """Text is shown at this place."""
        for each in self._open:
            each.has_result = True

    def mark(self, character: Element) -> str:
        """A field begins, its result begins, or it ends; returns what is shown without a result."""
        kind = character.get(TYPE)
        if kind == "begin" and len(self._open) < MAX_FIELDS:
            self._open.append(Field(character.find(FORM)))
        elif kind == "separate" and self._open:
            self._open[-1].in_result = True
        elif kind == "end" and self._open:
            ended = self._open.pop()
            if self._is_skipped(ended):
                return PAGE_MARK
            if not ended.has_result and not self.is_code:
                return self.drawn(ended)
        return ""

    def drawn(self, field: Field) -> str:
        """What Word draws for a field without a result."""
        if not is_equation(field.code):
            return _drawn(field)
        text = equation(field.code)
        self.equations += 1
        self.unread += text is None
        return text or ""

    def is_skipped_code(self, code: str) -> bool:
        """Whether the result of a field with this code is left out."""
        return self._skip_pages and bool(PAGE.match(code))

    def _is_skipped(self, field: Field) -> bool:
        return self._skip_pages and field.is_page


def _drawn(field: Field) -> str:
    if found := SYMBOL.match(field.code):
        code = int(found[1], 0)
        return symbol(code, found[2] or "") or (chr(code) if code <= 0xFFFF else "")
    if field.form is None:
        return ""
    box = field.form.find(name("w:checkBox"))
    if box is not None:
        checked = is_on(box, CHECKED)
        return "☒" if (is_on(box, CHECKED_BY_DEFAULT) if checked is None else checked) else "☐"
    choices = field.form.find(name("w:ddList"))
    if choices is not None:
        result = choices.find(name("w:result"))
        chosen = number(result.get(VAL)) if result is not None else 0
        entries = choices.findall(name("w:listEntry"))
        if chosen is not None and 0 <= chosen < len(entries):
            return str(entries[chosen].get(VAL, ""))
    return ""
