"""The words, symbols, groups and text that a Rich Text file consists of. Knows no meaning."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

# Bytes in hexadecimal are taken so many at a time: the matching of each takes memory until the end.
TOKEN = re.compile(
    rb"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})?[ ]?|(?P<hex>(?:\\'[0-9a-fA-F]{2}){1,1000})"
    rb"|\\(?P<symbol>[^a-zA-Z])|(?P<brace>[{}])|(?P<text>[^\\{}\r\n]+)|[\r\n]+",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One token of a file."""

    kind: Literal["word", "symbol", "open", "close", "text", "byte"]
    text: bytes = b""  # the word, symbol, text or bytes
    number: int | None = None  # of a word


def tokens(content: bytes) -> Iterator[Token]:
    """The tokens of a file; bytes that are none of them are left out."""
    offset = 0
    while found := TOKEN.search(content, offset):
        offset = found.end()
        if text := found["text"]:
            yield Token("text", text)
        elif word := found["word"]:
            number = int(found["number"]) if found["number"] else None
            if word == b"bin":  # so many bytes of a picture follow
                offset += max(number or 0, 0)
            yield Token("word", word, number)
        elif found["hex"]:
            yield Token("byte", bytes.fromhex(found["hex"].replace(b"\\'", b"").decode()))
        elif found["brace"]:
            yield Token("open" if found["brace"] == b"{" else "close")
        elif found["symbol"]:
            yield Token("symbol", found["symbol"])
