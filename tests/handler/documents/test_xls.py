"""Old Excel: cells in their columns, and refusals of what is damaged."""

from __future__ import annotations

import contextlib
import struct

from hypothesis import given
from hypothesis import strategies as st

from handler.errors import DocumentRejected
from tests.handler.documents.samples import read, rejected

SECTOR = 512
END, FREE, OF_TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def record(number: int, content: bytes) -> bytes:
    return struct.pack("<HH", number, len(content)) + content


def label(row: int, column: int, text: str) -> bytes:
    content = struct.pack("<HHHH", row, column, 0, len(text)) + text.encode("cp1252")
    return record(0x204, content)


def number(row: int, column: int, value: float, style: int = 0) -> bytes:
    return record(0x203, struct.pack("<HHHd", row, column, style, value))


def xls(*cells: bytes) -> bytes:
    """A workbook of Excel 5.0 with one sheet; style 1 is a date."""
    begin = struct.pack("<HHHH", 0x500, 5, 0, 1993)
    styles = b"".join(
        record(0xE0, struct.pack("<HHH", 0, shown, 0) + bytes(10)) for shown in (0, 14)
    )
    font = record(0x31, struct.pack("<HHHHH", 200, 0, 0x7FFF, 400, 0) + bytes(4) + b"\x05Arial")
    head = record(0x809, begin) + record(0x42, struct.pack("<H", 1252)) + font + styles
    sheet_at = len(head) + 4 + 8 + 4
    head += record(0x85, struct.pack("<IBBB", sheet_at, 0, 0, 1) + b"S") + record(0x0A, b"")
    sheet = record(0x809, struct.pack("<HHHH", 0x500, 0x10, 0, 1993)) + b"".join(cells)
    return compound(head + sheet + record(0x0A, b""))


def compound(stream: bytes) -> bytes:
    """A container of old Office with one stream, named "Book"."""
    stream = stream.ljust(max(4_096, -(-len(stream) // SECTOR) * SECTOR), b"\0")
    count = len(stream) // SECTOR
    table = [OF_TABLE, END, *range(3, 2 + count), END]
    table += [FREE] * (SECTOR // 4 - len(table))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4_096, END, 0, END, 0)
    header += struct.pack("<109I", 0, *[FREE] * 108)
    names = entry("Root Entry", 5, 1, END, 0) + entry("Book", 2, FREE, 2, len(stream))
    names += entry("", 0, FREE, 0, 0) * 2
    return header + struct.pack("<128I", *table) + names + stream


def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    written = name.encode("utf-16-le")
    head = written.ljust(64, b"\0") + struct.pack("<HBB", len(written) + 2 if name else 0, kind, 1)
    links = struct.pack("<III", FREE, FREE, child)
    return head + links + bytes(36) + struct.pack("<III", start, size, 0)


def test_cells_keep_their_places() -> None:
    content = xls(
        *(label(0, 0, "Stadt"), label(0, 1, "Größe"), label(0, 2, "Day")),
        *(label(1, 0, "Köln"), number(1, 2, 45443, 1)),
        *(label(2, 0, "Ulm"), number(2, 1, 12.5)),
    )
    document = read(content, "a.xls")
    assert document.text == "# S\n\nStadt | Größe | Day\nKöln |  | 2024-05-31\nUlm | 12.5 |"
    assert document.tables[0].header == "Stadt | Größe | Day"
    assert document.format == "xls"


def test_a_damaged_workbook_is_refused() -> None:
    content = xls(label(0, 0, "a"))
    assert rejected(content[:1_600], "a.xls") == (
        "invalid_file: The old Excel file (.xls) is damaged, or of a version before 5.0; save it "
        "as .xlsx."
    )


@given(st.integers(0, 4_000), st.binary(min_size=1, max_size=8))
def test_changed_bytes_are_read_or_refused(place: int, change: bytes) -> None:
    content = xls(label(0, 0, "abc"), number(1, 0, 7))
    content = content[: SECTOR + place] + change + content[SECTOR + place + len(change) :]
    with contextlib.suppress(DocumentRejected):  # a workbook without text is one
        read(content, "a.xls")
