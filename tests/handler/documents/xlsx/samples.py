"""Makes Excel files of the cells or the XML that a test shows."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from tests.handler.documents.zips import archive, relationships

SPACES = 'xmlns:r="urn:r" xmlns:xdr="urn:xdr" xmlns:a="urn:a" xmlns:c="urn:c"'
# Cell styles: 0 plain, 1 a date, 2 percent, 3 a date with the time, 4 elapsed hours, 5 euros.
STYLES = (
    '<styleSheet><numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy\\ hh:mm"/>'
    '<numFmt numFmtId="165" formatCode="[h]:mm"/>'
    '<numFmt numFmtId="166" formatCode="#,##0.00\\ &quot;days&quot;"/></numFmts><cellXfs>'
    + "".join(f'<xf numFmtId="{number}"/>' for number in (0, 14, 9, 164, 165, 166))
    + "</cellXfs></styleSheet>"
)
Value = str | int | float | None


def xlsx(entries: dict[str, str] | None = None, **sheets: str | Sequence[Sequence[Value]]) -> bytes:
    """A workbook. sheets: by name, the rows, or the XML of a worksheet's content.

    A name that begins with "hidden_" is of a hidden sheet. entries: other parts, by name.
    """
    listed, targets, parts = "", {"styles": "styles styles.xml"}, {}
    for number, (name, content) in enumerate(sheets.items(), 1):
        state = ' state="hidden"' if name.startswith("hidden_") else ""
        listed += f'<sheet name="{name}" sheetId="{number}"{state} r:id="r{number}"/>'
        targets[f"r{number}"] = f"worksheet worksheets/sheet{number}.xml"
        xml = content if isinstance(content, str) else rows(content)
        parts[f"xl/worksheets/sheet{number}.xml"] = f"<worksheet {SPACES}>{xml}</worksheet>"
    if any(name.endswith("sharedStrings.xml") for name in entries or {}):
        targets["strings"] = "sharedStrings sharedStrings.xml"
    return archive(
        {
            "_rels/.rels": relationships(r1="officeDocument xl/workbook.xml"),
            "xl/workbook.xml": f"<workbook {SPACES}><sheets>{listed}</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": relationships(**targets),
            "xl/styles.xml": STYLES,
            **parts,
            **(entries or {}),
        }
    )


def rows(values: Sequence[Sequence[Value]]) -> str:
    """A sheet's rows; None is an empty cell."""
    xml = ""
    for number, row in enumerate(values, 1):
        cells = (cell(f"{chr(65 + column)}{number}", each) for column, each in enumerate(row))
        xml += f'<row r="{number}">{"".join(cells)}</row>'
    return f"<sheetData>{xml}</sheetData>"


def cell(place: str, value: Value, style: int = 0) -> str:
    """A cell; none for None."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{place}" s="{style}"><v>{value}</v></c>'


def row(number: int, *cells: str, attributes: str = "") -> str:
    """A row of cells."""
    return f'<row r="{number}" {attributes}>{"".join(cells)}</row>'
