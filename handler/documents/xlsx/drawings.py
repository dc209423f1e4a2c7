"""Text boxes, charts and pictures' descriptions on a sheet. They follow the sheet's cells.

A chart's values are not read here: they are cells of the workbook.
"""

from __future__ import annotations

from handler.documents.office.chart import write_chart
from handler.documents.office.drawing import (
    body_paragraphs,
    count_unread,
    description,
    diagram_lines,
    shapes,
)
from handler.documents.office.package import Package
from handler.documents.unread import Unread
from handler.documents.writer import Writer
from handler.documents.xml_tree import Element, descendants, local, reference


def write_drawings(
    writer: Writer, package: Package, sheet: str, skipped: Unread, level: int, heading: str
) -> None:
    """Write what is drawn on a sheet. heading: goes before it, if the sheet has no cells."""
    for part in package.targets(sheet, "drawing"):
        root = package.try_xml(part)
        for shape in shapes(root) if root is not None else ():
            charts = [
                package.try_xml(package.target(part, reference(each)))
                for each in descendants(shape, "chart")
            ]
            lines = _lines(package, part, shape)
            if heading and (lines or any(chart is not None for chart in charts)):
                writer.heading(level, heading)
                heading = ""
            written = [
                write_chart(writer, chart, with_values=False)
                for chart in charts
                if chart is not None
            ]
            writer.separate("\n\n")
            for line in lines:
                writer.separate("\n")
                writer.write(line)
            writer.separate("\n\n")
            if not lines and not any(written):
                count_unread(skipped, shape)


def _lines(package: Package, part: str, shape: Element) -> list[str]:
    lines = [text for _, text in body_paragraphs(shape)]
    if local(shape) == "graphicFrame":
        lines += diagram_lines(package, part, shape)
    return lines + ([description(shape)] if description(shape) else [])
