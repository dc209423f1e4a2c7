"""Makes fallback.ttf, the font that pdfium takes for Chinese, Japanese and Korean ones it lacks.

    python -m handler.documents.pdf.fallback_font

pdfium drops a character whose font is not in the file if it knows no size for it. All characters
of this font are one square of an em: nothing is drawn, so the shape does not matter.
"""

from __future__ import annotations

import struct
from pathlib import Path

PATH = Path(__file__).with_name("fonts") / "fallback.ttf"
ASCENT, DESCENT, EM = 880, -120, 1000

# First and last character. The names are Unicode's blocks.
RANGES = (
    (0x2E80, 0xA4CF),  # CJK Radicals Supplement to Yi Radicals: kana and ideographs
    (0xAC00, 0xD7AF),  # Hangul Syllables
    (0xF900, 0xFAFF),  # CJK Compatibility Ideographs
    (0xFE30, 0xFE4F),  # CJK Compatibility Forms
    (0xFF00, 0xFFEF),  # Halfwidth and Fullwidth Forms
    (0x20000, 0x3FFFF),  # the planes of rarer ideographs
)
# Bits of ulCodePageRange1: JIS, simplified Chinese, Korean Wansung, traditional Chinese and
# Korean Johab. pdfium chooses a font by them.
CODE_PAGES = 1 << 17 | 1 << 18 | 1 << 19 | 1 << 20 | 1 << 21


def make() -> bytes:
    """The font's bytes."""
    tables = {
        b"OS/2": _os2(),
        b"cmap": _cmap(),
        b"glyf": _square() * 2,
        b"head": _head(),
        b"hhea": struct.pack(
            ">IhhhHhhhhhhQhH", 0x10000, ASCENT, DESCENT, 0, EM, 0, 0, EM, 1, 0, 0, 0, 0, 1
        ),
        b"hmtx": struct.pack(">Hhh", EM, 0, 0),
        b"loca": struct.pack(">3H", 0, len(_square()) // 2, len(_square())),
        b"maxp": struct.pack(">IH13H", 0x10000, 2, 4, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0),
        b"name": _name("Fallback", "Regular"),
        b"post": struct.pack(">IIhhI4I", 0x30000, 0, 0, 0, 1, 0, 0, 0, 0),
    }
    return _font(tables)


def _font(tables: dict[bytes, bytes]) -> bytes:
    offset = 12 + 16 * len(tables)
    directory = struct.pack(">I4H", 0x10000, len(tables), 128, 3, 16 * len(tables) - 128)
    body = b""
    for tag, table in tables.items():
        padded = table + bytes(-len(table) % 4)
        checksum = sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF
        directory += struct.pack(">4s3I", tag, checksum, offset + len(body), len(table))
        body += padded
    return directory + body


def _square() -> bytes:
    header = struct.pack(">h4h", 1, 0, DESCENT, EM, ASCENT)
    xs, ys = (0, 0, EM, 0), (DESCENT, EM, 0, -EM)  # each relative to the point before
    outline = struct.pack(">HH4B", 3, 0, 1, 1, 1, 1) + struct.pack(">4h4h", *xs, *ys)
    return header + outline + bytes(-len(header + outline) % 4)


def _cmap() -> bytes:
    groups = b"".join(struct.pack(">III", first, last, 1) for first, last in RANGES)
    # Format 13: all characters of a range have the same glyph.
    subtable = struct.pack(">HHIII", 13, 0, 16 + len(groups), 0, len(RANGES)) + groups
    return struct.pack(">HHHHI", 0, 1, 3, 10, 12) + subtable


def _head() -> bytes:
    version, magic, flags, long_ago = 0x10000, 0x5F0F3CF5, 3, 0
    box = (0, DESCENT, EM, ASCENT)
    return struct.pack(
        ">IIIIHHQQ4hHHhhh",
        version,
        version,
        0,
        magic,
        flags,
        EM,
        long_ago,
        long_ago,
        *box,
        0,
        8,
        2,
        0,
        0,
    )


def _os2() -> bytes:
    metrics = (4, EM, 400, 5, 0, *[0] * 10, 0)
    return (
        struct.pack(">HhHHH10hh", *metrics)
        + bytes(10)  # panose
        + bytes(16)  # ranges of Unicode
        + b"OURS"
        + struct.pack(">HHH", 1 << 6, 0x2E80, 0xFFFF)
        + struct.pack(">hhhHH", ASCENT, DESCENT, 0, ASCENT, -DESCENT)
        + struct.pack(">II", CODE_PAGES, 0)
        + struct.pack(">hhHHH", 500, 700, 0, 32, 1)
    )


def _name(family: str, style: str) -> bytes:
    texts = {1: family, 2: style, 4: f"{family} {style}", 6: f"{family}-{style}"}
    records, strings = b"", b""
    for kind, text in texts.items():
        encoded = text.encode("utf-16-be")
        records += struct.pack(">6H", 3, 1, 0x409, kind, len(encoded), len(strings))
        strings += encoded
    return struct.pack(">HHH", 0, len(texts), 6 + len(records)) + records + strings


if __name__ == "__main__":
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_bytes(make())
