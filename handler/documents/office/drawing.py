"""Text in drawings (DrawingML): paragraphs, pictures' descriptions, diagrams. Places nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

from handler.documents.office.package import Package
from handler.documents.scripts import Position, script
from handler.documents.unread import Unread
from handler.documents.xml_tree import (
    Element,
    attribute,
    child,
    children,
    descendants,
    local,
    reference,
)

# What programs write where a picture has no description.
NO_DESCRIPTION = re.compile(
    r"\S+\.(png|jpe?g|gif|bmp|tiff?|emf|wmf|svg|webp)|(picture|image|grafik|bild|imagen) ?\d*",
    re.IGNORECASE,
)
MAX_DESCRIPTION = 5_000  # characters
GENERATED = re.compile(r"\s*Description automatically generated[\w ]*$")


def paragraph_text(paragraph: Element) -> str:
    """The text of an a:p: its runs, fields, line breaks and equations."""
    text = ""
    after_equation = False
    for part, position in _runs(paragraph):
        is_equation = position == "equation"
        if (is_equation or after_equation) and text[-1:].isalnum() and part[:1].isalnum():
            text += " "  # 1 and a half is not 11/2
        text += part if position is None or position == "equation" else script(part, position, text)
        after_equation = is_equation
    return text.strip()


def body_paragraphs(shape: Element) -> Iterator[tuple[Element, str]]:
    """The paragraphs in a shape's text body that have text."""
    for body in children(shape, "txBody"):
        for paragraph in children(body, "p"):
            if text := paragraph_text(paragraph):
                yield paragraph, text


def properties(shape: Element) -> Element | None:
    """The element with a shape's name, description and hidden flag."""
    for child_ in shape:
        if local(child_).startswith("nv"):
            return child(child_, "cNvPr")
    return None


def description(shape: Element) -> str:
    """The alternative text of a picture or another object; "" if it has none."""
    found = properties(shape)
    if found is None:
        return ""
    text = attribute(found, "descr").strip() or attribute(found, "title").strip()
    text = text[:MAX_DESCRIPTION]
    text = GENERATED.sub("", text)
    return "" if NO_DESCRIPTION.fullmatch(text) else " ".join(text.split())


def is_hidden(shape: Element) -> bool:
    """Whether the shape is not shown."""
    found = properties(shape)
    return found is not None and attribute(found, "hidden") in ("1", "true")


def shapes(parent: Iterable[Element]) -> Iterator[Element]:
    """The shapes in a drawing in order, those in groups and anchors included, hidden ones left out.

    Of two forms of one shape, for newer and older programs, the newer one counts.
    """
    for element in parent:
        name = local(element)
        if name in ("sp", "pic", "graphicFrame", "cxnSp"):
            if not is_hidden(element):
                yield element
        elif name == "AlternateContent":
            choice = child(element, "Choice")
            yield from shapes(choice if choice is not None else element)
        elif (name == "grpSp" and not is_hidden(element)) or name.endswith("Anchor"):
            yield from shapes(element)


def placeholder(shape: Element) -> str | None:
    """The kind of placeholder that a shape fills; "" for the usual one, None if it fills none."""
    for properties in shape:
        if local(properties).startswith("nv"):
            found = child(properties, "nvPr", "ph")
            return None if found is None else attribute(found, "type")
    return None


def diagram_lines(package: Package, part: str, frame: Element) -> list[str]:
    """The texts of a SmartArt diagram, in the order of its outline."""
    lines = []
    for ids in descendants(frame, "relIds"):
        root = package.try_xml(package.target(part, reference(ids, "dm")))
        for point in descendants(root, "pt") if root is not None else ():
            for body in children(point, "t"):
                texts = [paragraph_text(paragraph) for paragraph in children(body, "p")]
                lines += [text for text in texts if text]
    return lines


def count_unread(skipped: Unread, shape: Element) -> None:
    """Count a shape without text in what is not read, if it holds something."""
    name = local(shape)
    if name == "pic":
        skipped["pictures without a description"] += 1
    elif name == "graphicFrame":
        is_object = any(True for _ in descendants(shape, "oleObj"))
        skipped["embedded objects" if is_object else "charts and diagrams without text"] += 1


def _runs(
    parent: Element, position: Position | None = None
) -> Iterator[tuple[str, Position | Literal["equation"] | None]]:
    """The texts in `parent`, in order, and whether each is raised, lowered or an equation."""
    for element in parent:
        name = local(element)
        if name == "t":
            yield element.text or "", position
        elif name == "br":
            yield "\n", None
        elif name == "oMath":
            # Few presentations have equations, and the module comes with Word's reader.
            from handler.documents.docx.equations import linear

            yield linear(element, _math_text), "equation"
        elif name == "AlternateContent":
            choice = child(element, "Choice")
            if choice is not None:
                yield from _runs(choice, position)
        elif name not in ("rPr", "pPr", "endParaRPr"):
            yield from _runs(element, _position(element))


def _position(run: Element) -> Position | None:
    """Whether a run is raised or lowered (ECMA-376, part 1, section 21.1.2.3.9: baseline)."""
    properties = child(run, "rPr")
    baseline = "" if properties is None else attribute(properties, "baseline")
    if baseline in ("", "0", "0%"):
        return None
    return "subscript" if baseline.startswith("-") else "superscript"


def _math_text(run: Element) -> str:
    return "".join(each.text or "" for each in children(run, "t"))
