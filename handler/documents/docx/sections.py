"""The headers and footers that Word shows in each section. Writes nothing."""

from __future__ import annotations

from handler.documents.docx.names import Element, is_on, name

SECTION = name("w:sectPr")
OWNERS = {name("w:pPr"), name("w:body")}  # others, such as w:sectPrChange, hold old ones
ID, TYPE = name("r:id"), name("w:type")


def sections(document: Element) -> list[Element]:
    """The properties of each section, in order."""
    return [each for each in document.iter(SECTION) if each.getparent().tag in OWNERS]


def shown(section: Element, settings: Element | None, kind: str) -> list[str]:
    """The relationship ids of the headers or footers of a section. kind: "header", "footer".

    Word keeps those of the first page and of even pages when they are switched off.
    """
    found = []
    for each in section.findall(name(f"w:{kind}Reference")):
        shown_on = each.get(TYPE, "default")
        is_shown = {
            "first": bool(is_on(section, name("w:titlePg"))),
            "even": bool(is_on(settings, name("w:evenAndOddHeaders"))),
        }
        if is_shown.get(shown_on, True):
            found.append((ORDER.get(shown_on, 1), each.get(ID, "")))
    return [reference for _, reference in sorted(found)]


ORDER = {"first": 0, "default": 1, "even": 2}
