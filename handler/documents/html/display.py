"""What an element acts as, by its ARIA role or the display of its own style. Reads no style sheets.

A page may build its tables of <div> and its lines of <span>.
"""

from __future__ import annotations

from collections.abc import Mapping

from handler.documents.html.style import declarations
from handler.documents.html.tags import BLOCKS, CELLS, CODE, HEADINGS, LINES, LISTS, VOID

ROLES = {
    "table": "table", "grid": "table", "treegrid": "table", "rowgroup": "tbody", "row": "tr",
    "cell": "td", "gridcell": "td", "columnheader": "th", "rowheader": "th",
}  # fmt: skip
TABLES = {
    "table": "table", "inline-table": "table", "table-row-group": "tbody",
    "table-header-group": "thead", "table-footer-group": "tfoot", "table-row": "tr",
    "table-cell": "td", "table-caption": "caption",
}  # fmt: skip
DISPLAYED = {
    **dict.fromkeys(("block", "flex", "grid", "flow-root"), "div"),
    "list-item": "dd",
}
TABLE_TAGS = {"table", "thead", "tbody", "tfoot", "tr", "caption", *CELLS}
# Elements with a meaning of their own, whatever their role or style says.
FIXED = {*TABLE_TAGS, *VOID, *HEADINGS, *CODE, "select", "textarea", "math", "svg", "title"}
# … and those whose line or place a style does not change here.
SEPARATE = {*BLOCKS, *LINES, *LISTS, "sup", "sub", "rt"}


def acts_as(tag: str, attributes: Mapping[str, str | None]) -> str:
    """The tag of the element that this one acts as; its own if nothing else is said."""
    if not attributes or tag in FIXED:
        return tag
    if role := ROLES.get((attributes.get("role") or "").strip().lower()):
        return role
    style = attributes.get("style") or ""
    if "display" not in style.lower():
        return tag
    display = declarations(style).get("display", "")
    if display in TABLES:
        return TABLES[display]
    return tag if tag in SEPARATE else DISPLAYED.get(display, tag)
