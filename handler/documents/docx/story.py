"""Writes a story of a Word file in reading order: the body, a header, a note or a text box.

What stands beside a paragraph (its notes, text boxes and charts) is written after it.
"""

from __future__ import annotations

from collections.abc import Iterator

from handler.documents.docx.blocks import CELL, CHUNK, PARAGRAPH, ROW, TABLE, blocks, inside
from handler.documents.docx.charts import chart_rows, chart_titles, diagram_lines
from handler.documents.docx.chunks import ChunkReader
from handler.documents.docx.drawings import Aside
from handler.documents.docx.flat import Flat, FlatTable, on_one_line
from handler.documents.docx.grid import Row, rows
from handler.documents.docx.names import Element
from handler.documents.docx.notes import Notes
from handler.documents.docx.package import Package
from handler.documents.docx.paragraphs import BULLET, Paragraph, Paragraphs
from handler.documents.docx.tally import Tally
from handler.documents.writer import Writer

MAX_IN_CELL = 500  # characters of a table that stays in a cell; a longer one lays out a page
MAX_INDENT = 4  # levels of a list that are indented


class Story:
    """Writes stories of one file with one writer."""

    def __init__(
        self,
        package: Package,
        paragraphs: Paragraphs,
        notes: Notes,
        tally: Tally,
        writer: Writer,
        chunks: ChunkReader,
    ) -> None:
        self._package, self._paragraphs, self._notes = package, paragraphs, notes
        self._tally, self._writer, self._chunks = tally, writer, chunks
        self._drawn: set[str] = set()  # parts of charts and diagrams that were written
        self._joined = ""  # text that the next paragraph goes on with
        self._waiting: list[Aside] = []  # asides of that text
        self._list_level = 0  # of the first item of the list that is being written
        self._in_list = False

    def write(self, parent: Element, part: str) -> Iterator[Element]:
        """Write the blocks in `parent`, of a part; yields each section's end when it is reached."""
        for block in blocks(parent):
            if block.tag == TABLE:
                self._table(block, part)
            elif block.tag == CHUNK:
                self._in_list = False
                self._chunks.write(block, part)
            elif block.tag == PARAGRAPH:
                paragraph = self._paragraphs.read(block)
                self._paragraph(paragraph, part)
                if paragraph.section is not None:
                    yield paragraph.section
            else:  # an equation between paragraphs
                self._plain(self._paragraphs.read_bare(block).strip())
        self._plain(self._joined.strip())
        self._joined = ""
        self.write_asides(self._take_waiting([]), part)

    def _paragraph(self, paragraph: Paragraph, part: str) -> None:
        if paragraph.start is not None:
            self._joined += paragraph.start
            self._waiting += paragraph.asides
            return
        text = (self._joined + paragraph.text).strip()
        self._joined = ""
        asides = self._take_waiting(paragraph.asides)
        if text:
            self._block(paragraph, text, asides)
        self.write_asides(asides, part)

    def _block(self, paragraph: Paragraph, text: str, asides: list[Aside]) -> None:
        label = paragraph.label
        if paragraph.heading:
            for aside in asides:  # a note's mark is no part of a heading
                text = text.replace(aside.mark, "") if aside.mark else text
            numbered = label if label != BULLET else ""
            self._in_list = False
            self._writer.heading(paragraph.heading, f"{numbered} {text}")
            if paragraph.is_title and self._writer.title is None:
                self._writer.title = text
        elif label:
            if not self._in_list:
                self._list_level, self._in_list = paragraph.level, True
                self._writer.separate("\n\n")
            indent = min(max(paragraph.level - self._list_level, 0), MAX_INDENT)
            self._writer.separate("\n")
            self._writer.write(f"{'  ' * indent}{label} {text}")
            self._writer.separate("\n")
        else:
            self._plain(text)

    def _plain(self, text: str) -> None:
        if text:
            self._in_list = False
            self._writer.separate("\n\n")
            self._writer.write(text)
            self._writer.separate("\n\n")

    # --- tables

    def _table(self, table: Element, part: str) -> None:
        self._in_list = False
        if _is_box(table):
            for row in inside(table, {ROW}):
                for cell in inside(row, {CELL}):
                    list(self.write(cell, part))
            return
        row_cells: list[Flat] = []  # of the row that is being read
        asides: list[Aside] = []

        def text_of(cell: Element) -> str:
            row_cells.append(self.flat(cell))
            return row_cells[-1].text

        self._writer.begin_table()
        for row in rows(table, text_of, self._tally):
            self._writer.row(row.cells, is_header=row.is_header)
            nested = [each for flat in row_cells for each in flat.tables]
            if nested:  # a long table in a cell follows its row
                self._writer.end_table()
                for each in nested:
                    self._rows(each)
                self._writer.begin_table()
            asides += [aside for flat in row_cells for aside in flat.asides]
            row_cells.clear()
        self._writer.end_table()
        self.write_asides(asides, part)

    def _rows(self, rows: list[Row]) -> None:
        self._writer.begin_table()
        for row in rows:
            self._writer.row(row.cells, is_header=row.is_header)
        self._writer.end_table()

    def flat_rows(self, table: Element, *, skip_pages: bool = False) -> FlatTable:
        """A table's rows, with a text for each cell."""
        cells: list[Flat] = []

        def text_of(cell: Element) -> str:
            cells.append(self.flat(cell, skip_pages=skip_pages))
            return cells[-1].text

        return FlatTable(list(rows(table, text_of, self._tally)), cells)

    def flat(self, parent: Element, *, skip_pages: bool = False) -> Flat:
        """The text of blocks on one line: items are parted by "; ", paragraphs by a space."""
        flat = Flat()
        texts: list[tuple[str, bool]] = []  # and whether it is an item
        joined = ""
        for block in blocks(parent):
            if block.tag == TABLE:
                self._flat_table(block, flat, texts, skip_pages=skip_pages)
            elif block.tag == PARAGRAPH:
                paragraph = self._paragraphs.read(block, skip_pages=skip_pages)
                if paragraph.start is not None:
                    joined += paragraph.start
                    flat.asides += paragraph.asides
                    continue
                number = "" if paragraph.label in ("", BULLET) else f"{paragraph.label} "
                text = f"{number}{joined}{paragraph.text}".strip()
                joined = ""
                texts.append((text, bool(paragraph.label)))
                self._flat_asides(paragraph, flat, texts, skip_pages=skip_pages)
        flat.text = on_one_line([*texts, (joined, False)])
        return flat

    def _flat_table(
        self, table: Element, flat: Flat, texts: list[tuple[str, bool]], *, skip_pages: bool
    ) -> None:
        """A table in a cell stays there: "a, b; c, d"."""
        read = self.flat_rows(table, skip_pages=skip_pages)
        flat.asides += read.asides
        lines = [", ".join(filter(None, row.cells)) for row in read.rows]
        text = "; ".join(filter(None, lines))
        if len(text) <= MAX_IN_CELL:
            texts.append((text, False))
        else:
            flat.tables.append(read.rows)
        flat.tables += read.tables

    def _flat_asides(
        self, paragraph: Paragraph, flat: Flat, texts: list[tuple[str, bool]], *, skip_pages: bool
    ) -> None:
        for aside in paragraph.asides:
            if aside.kind != "box":
                flat.asides.append(aside)
                continue
            box = self.flat(aside.element, skip_pages=skip_pages)
            texts.append((box.text, False))
            flat.asides += box.asides
            flat.tables += box.tables

    # --- what stands beside the text

    def write_lines(self, lines: list[str]) -> None:
        """Write the lines of a header or footer as one paragraph."""
        self._plain("\n".join(lines))

    def _take_waiting(self, asides: tuple[Aside, ...] | list[Aside]) -> list[Aside]:
        waiting, self._waiting = [*self._waiting, *asides], []
        return waiting

    def write_asides(self, asides: list[Aside], part: str) -> None:
        """Write what stands beside text of a part."""
        for aside in sorted(asides, key=lambda aside: aside.kind not in ("footnote", "endnote")):
            if aside.kind == "box":
                self._in_list = False
                list(self.write(aside.element, part))
            elif aside.kind == "chart" or aside.kind == "diagram":
                self._drawing(aside, part)
            else:
                self._note(aside)

    def _note(self, aside: Aside) -> None:
        assert aside.kind in ("footnote", "endnote")
        element = self._notes.take(aside)
        if element is None:
            return
        flat = self.flat(element)
        if flat.text:
            self._writer.separate("\n")
            self._writer.write(f"{aside.mark} {flat.text}".strip())
            self._writer.separate("\n")
        part = self._notes.part(aside.kind)
        for table in flat.tables:
            self._rows(table)
        self.write_asides(flat.asides, part)

    def _drawing(self, aside: Aside, part: str) -> None:
        target = self._package.target(part, aside.id)
        if target in self._drawn:
            return
        self._drawn.add(target)
        root = self._package.xml(target)
        if root is None:
            self._tally.drawings += 1
            return
        self._in_list = False
        if aside.kind == "diagram":
            for line in diagram_lines(root):
                self._writer.separate("\n")
                self._writer.write(f"- {line}")
            self._writer.separate("\n\n")
            return
        for title in chart_titles(root):
            self._plain(title)
        self._writer.begin_table()
        for at, row in enumerate(chart_rows(root)):
            self._writer.row(row, is_header=at == 0 and not row[0])
        self._writer.end_table()


def _is_box(table: Element) -> bool:
    """Whether a table only draws a frame around blocks: it has one column, and a row or blocks."""
    cells = [list(inside(row, {CELL})) for row in inside(table, {ROW})]
    if any(len(row) != 1 for row in cells):
        return False
    return len(cells) == 1 or any(len(list(blocks(row[0]))) > 1 for row in cells)
