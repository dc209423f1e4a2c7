"""Makes PDFs byte by byte, so that a test says exactly what is drawn where."""

from __future__ import annotations

from collections.abc import Sequence

HELVETICA = "/F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def cjk_font(encoding: str, ordering: str = "Japan1") -> str:
    """A resource /F2: a font for Chinese, Japanese or Korean that is not in the file."""
    descendant = (
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /Missing /DW 1000 /CIDSystemInfo "
        f"<< /Registry (Adobe) /Ordering ({ordering}) /Supplement 2 >> /FontDescriptor "
        "<< /Type /FontDescriptor /FontName /Missing /Flags 4 /FontBBox [0 -200 1000 900] "
        "/ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 700 /StemV 80 >> >>"
    )
    return (
        "/F2 << /Type /Font /Subtype /Type0 /BaseFont /Missing "
        f"/Encoding /{encoding} /DescendantFonts [{descendant}] >>"
    )


def drawn(
    *pages: str,
    fonts: str = HELVETICA,
    page: str = "",
    annotations: Sequence[str] = (),
    catalog: str = "",
    objects: Sequence[str] = (),
) -> bytes:
    """A PDF whose pages are drawn by these content streams.

    page: more entries of each page. annotations: of the first page. catalog: more entries of it.
    objects: more objects; the first one's number is 10.
    """
    numbered: dict[int, str] = dict(enumerate(objects, 10))
    begin = 10 + len(objects)
    kids = [begin + 2 * index for index in range(len(pages))]
    for number, content in zip(kids, pages, strict=True):
        notes = f"/Annots [{' '.join(annotations)}]" if annotations and number == kids[0] else ""
        numbered[number] = (
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] "
            f"/Resources << /Font << {fonts} >> >> /Contents {number + 1} 0 R {page} {notes} >>"
        )
        numbered[number + 1] = stream(content)
    numbered[1] = f"<< /Type /Catalog /Pages 2 0 R {catalog} >>"
    listed = " ".join(f"{number} 0 R" for number in kids)
    numbered[2] = f"<< /Type /Pages /Kids [{listed}] /Count {len(kids)} >>"
    return _file(numbered)


def stream(content: str, entries: str = "") -> str:
    """A stream object."""
    size = len(content.encode("latin-1"))
    return f"<< /Length {size} {entries} >>\nstream\n{content}\nendstream"


def appearance(text: str, size: int = 12) -> str:
    """A form object that draws `text`, as an annotation's appearance."""
    entries = (
        f"/Type /XObject /Subtype /Form /BBox [0 0 200 20] /Resources << /Font << {HELVETICA} >> >>"
    )
    return stream(f"BT /F1 {size} Tf 2 5 Td ({text}) Tj ET", entries)


def at(x: float, y: float, text: str, size: float = 12, font: str = "F1") -> str:
    """Draws `text` as an object of its own; <…> is hexadecimal."""
    shown = text if text.startswith("<") else f"({text})"
    return f"BT /{font} {size} Tf {x} {y} Td {shown} Tj ET\n"


def turned(x: float, y: float, text: str, matrix: str = "0 1 -1 0") -> str:
    """Draws `text` sideways, from the bottom to the top, or as `matrix` says."""
    return f"BT /F1 12 Tf {matrix} {x} {y} Tm ({text}) Tj ET\n"


def _file(objects: dict[int, str]) -> bytes:
    file, offsets = b"%PDF-1.7\n", {}
    for number, content in sorted(objects.items()):
        offsets[number] = len(file)
        file += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    begin, count = len(file), max(objects) + 1
    rows = [
        f"{offsets.get(n, 0):010} 00000 {'n' if n in offsets else 'f'} \n" for n in range(count)
    ]
    table = f"xref\n0 {count}\n{''.join(rows)}".encode()
    trailer = f"trailer << /Size {count} /Root 1 0 R >>\nstartxref\n{begin}\n%%EOF"
    return file + table + trailer.encode()
