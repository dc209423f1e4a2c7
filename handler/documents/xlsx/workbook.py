"""A workbook's sheets, its shared strings and the kinds of its number formats. Reads no cell."""

from __future__ import annotations

from dataclasses import dataclass

from handler.documents.office.package import Package
from handler.documents.scripts import Position, script
from handler.documents.xlsx.number_formats import BUILT_IN, NumberKind, kind_of
from handler.documents.xml_tree import (
    Element,
    attribute,
    child,
    children,
    elements,
    local,
    reference,
)
from handler.errors import DocumentRejected
from handler.limits import MAX_SHEETS

KIND = "Excel file"


@dataclass(frozen=True)
class Sheet:
    """A sheet, or a chart on a sheet of its own."""

    name: str
    part: str  # the name of its part
    is_hidden: bool
    is_worksheet: bool


class Workbook:
    """What all sheets share. Raises DocumentRejected if it is damaged or has too many sheets."""

    def __init__(self, package: Package) -> None:
        self.package = package
        main = package.main("xl/workbook.xml")
        root = package.xml(main)
        properties = child(root, "workbookPr")
        dates = "" if properties is None else attribute(properties, "date1904")
        self.is_1904 = dates in ("1", "true")  # dates count from 1904, as on old Macs
        self.sheets = _sheets(package, main, root)
        self.strings = _strings(package, main)
        self.number_kinds = _number_kinds(package, main)

    def number_kind(self, style: str) -> NumberKind:
        """How a cell with this style shows a number."""
        index = int(style) if style.isdecimal() and len(style) < 8 else 0
        return self.number_kinds[index] if index < len(self.number_kinds) else "number"


def text_of(element: Element) -> str:
    """The text of a string with or without formatting; not how it is pronounced."""
    text = ""
    for each in element:
        if local(each) == "t":
            text += each.text or ""
        elif local(each) == "r":
            part = "".join(run.text or "" for run in children(each, "t"))
            position = _position(each)
            text += script(part, position, text) if position else part
    return text


def _position(run: Element) -> Position | None:
    """Whether a run is raised or lowered."""
    align = child(run, "rPr", "vertAlign")
    value = "" if align is None else attribute(align, "val")
    return (
        "superscript" if value == "superscript" else "subscript" if value == "subscript" else None
    )


def _sheets(package: Package, main: str, root: Element) -> list[Sheet]:
    listed = child(root, "sheets")
    found = []
    for each in children(listed, "sheet") if listed is not None else ():
        relationship = package.relationships(main).get(reference(each))
        if relationship:
            is_hidden = attribute(each, "state") in ("hidden", "veryHidden")
            is_worksheet = relationship.kind == "worksheet"
            name = attribute(each, "name")
            found.append(Sheet(name, relationship.target, is_hidden, is_worksheet))
    if len(found) > MAX_SHEETS:
        raise DocumentRejected(
            "invalid_file",
            f"The Excel file has {len(found):,} sheets; the limit is {MAX_SHEETS:,}. Split it.",
        )
    return found


def _strings(package: Package, main: str) -> list[str]:
    parts = package.targets(main, "sharedStrings")
    if not parts:
        return []
    content = package.archive.read(parts[0])
    return [text_of(element) for element in elements(content, KIND, {"si"})]


def _number_kinds(package: Package, main: str) -> list[NumberKind]:
    """The kind of number of each cell style."""
    parts = package.targets(main, "styles")
    root = package.try_xml(parts[0]) if parts else None
    codes = dict(BUILT_IN)
    formats, styles = child(root, "numFmts"), child(root, "cellXfs")
    for each in children(formats, "numFmt") if formats is not None else ():
        codes[attribute(each, "numFmtId")] = kind_of(attribute(each, "formatCode"))
    found = children(styles, "xf") if styles is not None else []
    return [codes.get(attribute(each, "numFmtId"), "number") for each in found]
