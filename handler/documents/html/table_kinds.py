"""Whether tables hold data, or lay out a page."""

from __future__ import annotations

from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

from handler.documents.html.display import acts_as
from handler.documents.html.tags import CELLS, CODE, HEADINGS

MAX_NESTED_TABLES = 4  # deeper ones hold no data, and looking at each takes time
# Characters of the longest cell. A longer one is a column of a page.
MAX_DATA_CELL = 1_000
MAX_NAMED_DATA_CELL = 5_000  # of a table that has a caption or names its columns
LAYOUT = {*HEADINGS, *CODE, "article", "section", "form"}
ROLES = {"none", "presentation"}


@dataclass
class _Look:
    """What is seen of one table."""

    role: str
    rows: int = 0
    columns: int = 0  # cells of its longest row
    is_named: bool = False
    has_tables: bool = False
    has_layout: bool = False
    longest: int = 0  # characters of its longest cell
    in_row: int = 0  # cells of the open row
    in_cell: int = 0  # characters of the open cell

    @property
    def is_data(self) -> bool:
        if self.role in ROLES or self.columns < 2:
            return False
        if self.is_named or self.role in ("table", "grid", "treegrid"):
            return self.longest <= MAX_NAMED_DATA_CELL
        return not self.has_tables and not self.has_layout and self.longest <= MAX_DATA_CELL


@dataclass
class TableKinds:
    """Says of each table whether it holds data. Looks once at a table and those inside it."""

    _data: set[int] = field(default_factory=set)
    _seen: set[int] = field(default_factory=set)

    def is_data(self, table: LexborNode) -> bool:
        """Whether a table holds data rather than the page's layout."""
        if table.mem_id not in self._seen:
            self._look(table)
        return table.mem_id in self._data

    def _look(self, table: LexborNode) -> None:
        path = [table]
        looks = [_Look((table.attributes.get("role") or "").lower())]
        tables = {table.mem_id}
        node = table.first_child
        while path:
            if node is None:
                node = path.pop()
                if node.mem_id in tables:
                    self._seen.add(node.mem_id)
                    if len(looks) <= MAX_NESTED_TABLES and looks[-1].is_data:
                        self._data.add(node.mem_id)
                    looks.pop()
                node = node.next if path else None
                continue
            if node.tag == "-text":
                length = len((node.text_content or "").strip())
                for look in looks[:MAX_NESTED_TABLES]:
                    look.in_cell += length
                    look.longest = max(look.longest, look.in_cell)
            elif node.is_element_node:
                if _note(node, looks):
                    tables.add(node.mem_id)
                path.append(node)
                node = node.first_child
                continue
            node = node.next


def _note(node: LexborNode, looks: list[_Look]) -> bool:
    """Take an element into account; whether it is a table."""
    attributes, look = node.attributes, looks[-1]
    tag = acts_as(node.tag or "", attributes)
    if tag == "table":
        look.has_tables = True
        looks.append(_Look((attributes.get("role") or "").lower()))
        return True
    if tag == "tr":
        look.rows += 1
        look.in_row = 0
    elif tag in CELLS:
        look.in_row += 1
        look.columns = max(look.columns, look.in_row)
        look.in_cell = 0
        look.is_named = look.is_named or tag == "th"
    elif tag in ("caption", "thead"):
        look.is_named = True
    elif tag in LAYOUT:
        look.has_layout = True
    return False
