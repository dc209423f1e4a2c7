"""Bytes in a Rich Text file to characters, by the font's character set. Guesses nothing."""

from __future__ import annotations

import codecs

# \fcharset → code page (Rich Text Format specification 1.9.1, "Font Table").
CHARSETS = {
    77: "mac_roman",
    128: "cp932",
    129: "cp949",
    130: "johab",
    134: "gbk",
    136: "big5",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
    255: "cp437",
}
NAMED = {b"ansi": "cp1252", b"mac": "mac_roman", b"pc": "cp437", b"pca": "cp850"}
MAC_JAPANESE = {10001: "cp932", 10000: "mac_roman", 65001: "utf-8"}
DEFAULT = "cp1252"


def code_page(number: int | None) -> str:
    """The name of the code page that \\ansicpg states."""
    name = MAC_JAPANESE.get(number or 0, f"cp{number}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return DEFAULT


def decoded(content: bytes, page: str) -> str:
    """The characters; the replacement character for what the code page does not have."""
    return content.decode(page, errors="replace")
