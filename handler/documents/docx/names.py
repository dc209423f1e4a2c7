"""The names of elements and attributes in a Word file, with their namespaces. Knows no meaning."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeAlias

Element: TypeAlias = Any  # lxml's, which has no types

SCHEMAS = "http://schemas.openxmlformats.org"
SPACES = {
    "w": f"{SCHEMAS}/wordprocessingml/2006/main",
    "m": f"{SCHEMAS}/officeDocument/2006/math",
    "r": f"{SCHEMAS}/officeDocument/2006/relationships",
    "mc": f"{SCHEMAS}/markup-compatibility/2006",
    "wp": f"{SCHEMAS}/drawingml/2006/wordprocessingDrawing",
    "a": f"{SCHEMAS}/drawingml/2006/main",
    "c": f"{SCHEMAS}/drawingml/2006/chart",
    "dgm": f"{SCHEMAS}/drawingml/2006/diagram",
    "adec": "http://schemas.microsoft.com/office/drawing/2017/decorative",
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "dc": "http://purl.org/dc/elements/1.1/",
    "rel": f"{SCHEMAS}/package/2006/relationships",
}


@cache
def name(prefixed: str) -> str:
    """An element's or attribute's name as lxml has it: "w:p" is "{http://…/main}p"."""
    prefix, _, local = prefixed.partition(":")
    return f"{{{SPACES[prefix]}}}{local}"


VAL = name("w:val")
FALSE = {"0", "false", "off"}


def value(parent: Element | None, tag: str) -> str | None:
    """The w:val of `parent`'s child with this tag; None if there is none."""
    child = None if parent is None else parent.find(tag)
    found: str | None = None if child is None else child.get(VAL)
    return found


def number(text: str | None) -> int | None:
    """A whole number, as attributes have them; None if it is none, or absurd."""
    digits = (text or "").strip()
    sign = digits.startswith("-")
    if not digits.removeprefix("-").isdecimal() or len(digits) > MAX_DIGITS:
        return None
    return -int(digits[1:]) if sign else int(digits)


MAX_DIGITS = 10  # of 2,147,483,647


def is_placeholder(control: Element) -> bool:
    """Whether a content control shows a hint to its user instead of a content."""
    return bool(is_on(control.find(name("w:sdtPr")), name("w:showingPlcHdr")))


def is_on(parent: Element | None, tag: str) -> bool | None:
    """Whether a property such as <w:vanish/> is on; None if `parent` does not say."""
    child = None if parent is None else parent.find(tag)
    return None if child is None else child.get(VAL, "1").lower() not in FALSE
