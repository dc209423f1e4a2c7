"""Pictures, shapes, charts and diagrams in a paragraph: what of them is text. Reads no pixels."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from handler.documents.docx.names import Element, name
from handler.documents.docx.tally import Tally

TEXT_BOX = name("w:txbxContent")
CHART, DIAGRAM = name("c:chart"), name("dgm:relIds")
PARAGRAPH, TEXT = name("a:p"), name("a:t")
PICTURES = {name("a:blip"), name("v:imagedata")}
PROPERTIES = name("wp:docPr")
FALLBACK = name("mc:Fallback")
DECORATIVE = name("adec:decorative")
OLE, CONTROL = name("o:OLEObject"), name("w:control")
TEXT_PATH = name("v:textpath")
GENERATED = re.compile(
    r"(?:Description automatically generated.*|AI-generated content may be incorrect\.?"
    r"|^Description: )",
    re.IGNORECASE | re.MULTILINE,
)
FILE = re.compile(r"\S+\.(?:png|jpe?g|gif|bmp|tiff?|wmf|emf|svg|webp)|[a-z]:\\.*", re.IGNORECASE)


@dataclass(frozen=True)
class Aside:
    """What stands beside a paragraph: it is written after it."""

    kind: Literal["box", "chart", "diagram", "footnote", "endnote"]
    element: Element  # of a text box; None otherwise
    id: str = ""  # of the relationship or the note
    mark: str = ""  # of the note in the text


def drawing(element: Element, tally: Tally) -> Iterator[str | Aside]:
    """The texts of a drawing (w:drawing, w:pict or w:object), and what stands in it.

    A text is a picture's alternative text, or in a shape. Counts what cannot be read.
    """
    found = list(_walk(element, tally))
    properties = next(element.iter(PROPERTIES), None)
    if properties is not None and properties.get("hidden") in ("1", "true"):
        tally.hidden += bool(found)
        return
    alternative = ""
    is_decorative = False
    if properties is not None:
        alternative = _described(properties.get("descr") or properties.get("title"))
        decorative = next(properties.iter(DECORATIVE), None)
        is_decorative = decorative is not None and decorative.get("val") != "0"
    if alternative and not is_decorative:
        yield alternative
    yield from (each for each in found if each != alternative)
    if not alternative and not found and not is_decorative:
        _count(element, tally)


def _walk(parent: Element, tally: Tally) -> Iterator[str | Aside]:
    for child in parent:
        tag = child.tag
        if tag == FALLBACK:  # shows the same in an older way
            continue
        if tag == TEXT_BOX:
            yield Aside("box", child)
        elif tag == CHART:
            yield Aside("chart", None, child.get(name("r:id"), ""))
        elif tag == DIAGRAM:
            yield Aside("diagram", None, child.get(name("r:dm"), ""))
        elif tag == PARAGRAPH:
            yield "".join(each.text or "" for each in child.iter(TEXT))
        elif tag == TEXT_PATH:
            yield child.get("string", "").strip()
        elif tag in (OLE, CONTROL):
            if child.get("ProgID", "").startswith("Equation"):
                tally.old_equations += 1
            else:
                tally.objects += 1
        else:
            if tag != PROPERTIES and (text := _described(child.get("descr") or child.get("alt"))):
                yield text
            yield from _walk(child, tally)


def _count(element: Element, tally: Tally) -> None:
    tags = {each.tag for each in element.iter()}
    if tags & PICTURES and not tags & {OLE, CONTROL}:
        tally.pictures += 1


def _described(text: str | None) -> str:
    """An alternative text, unless a program wrote it: a file's name."""
    text = " ".join(GENERATED.sub("", text or "").split())
    return "" if FILE.fullmatch(text) else text
