"""Excel: each sheet under its name, its cells as tables. Calculates nothing.

Reads the values that Excel saved beside formulas. Hidden sheets, rows and columns and comments
are left out, and counted in a warning; rows that a filter hides, or an outline folds, are read.
"""

from __future__ import annotations

from handler.documents.document import Document
from handler.documents.office.package import Package
from handler.documents.sheet import write_sheet
from handler.documents.unread import Unread
from handler.documents.writer import Writer
from handler.documents.xlsx.drawings import write_drawings
from handler.documents.xlsx.workbook import KIND, Workbook
from handler.documents.xlsx.worksheet import read_worksheet
from handler.documents.xml_tree import descendants


def extract_xlsx(content: bytes) -> Document:
    """The document of a workbook. Raises DocumentRejected if it is damaged or a zip bomb."""
    package = Package(content, KIND)
    workbook = Workbook(package)
    writer = Writer("xlsx", is_markdown=True)
    writer.title = (package.title() or "").strip() or None
    level = 2 if writer.title else 1
    skipped = Unread()
    for sheet in workbook.sheets:
        if sheet.is_hidden:
            skipped["hidden sheets"] += 1
            continue
        grid = read_worksheet(workbook, sheet.part, skipped) if sheet.is_worksheet else None
        if grid and grid.rows:
            writer.heading(level, sheet.name)
            write_sheet(writer, grid)
        heading = "" if grid and grid.rows else sheet.name
        write_drawings(writer, package, sheet.part, skipped, level, heading)
        skipped["comments"] += _comments(package, sheet.part)
    skipped.report(writer, KIND)
    return writer.document()


def _comments(package: Package, part: str) -> int:
    parts = package.targets(part, "comments")
    roots = [package.try_xml(each) for each in parts]
    return sum(1 for root in roots if root is not None for _ in descendants(root, "comment"))
