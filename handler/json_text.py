"""JSON texts from callers: one grammar for all of them, orjson's, which is RFC 8259's.

Beyond the RFC: a byte order mark is ignored (section 8.1 allows that), numbers that are infinite as
64-bit floats (1e999) are refused wherever they stand, and so is nesting deeper than 1,024. A string
may have half a surrogate pair as an escape, and a text `MAX_JSON_HALVES`. Knows no fields.
"""

from __future__ import annotations

import codecs
import re
import secrets
from typing import Any

import numpy as np
import orjson

from handler.limits import MAX_JSON_HALVES

HALF = rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
PAIR = rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
# Everything up to the next half, or to the end. Always matches, and never goes back.
UP_TO_HALF = re.compile(
    rb"((?:[^\\]++|%s|\\u(?!%s)|\\[^u]|\\\Z)*+)(%s|\Z)" % (PAIR, HALF[3:], HALF), re.DOTALL
)


class NotJson(ValueError):
    """The text is not JSON. The message ends a sentence, names the place, and quotes at most one
    byte."""


def count_values(text: bytes, limit: int) -> int:
    """How many values a JSON text has, or more if there are empty lists or objects.

    limit: up to it, the number may also be larger by the brackets and commas in strings. Takes 10
    ms for a megabyte beyond it, on a thread that leaves Python's lock to others.
    """
    marks = b",[{"
    count = 1 + sum(text.count(mark) for mark in (b",", b"[", b"{"))
    if count <= limit:
        return count
    characters = np.frombuffer(text.replace(rb"\\", b"").replace(rb"\"", b""), np.uint8)
    quotes = np.cumsum(characters == ord('"'), dtype=np.uint8)
    outside = (quotes & 1) == 0
    return 1 + int(np.count_nonzero(outside & np.isin(characters, list(marks))))


def read_json(text: bytes) -> Any:
    """The value of a JSON text in UTF-8. Raises NotJson."""
    text = text.removeprefix(codecs.BOM_UTF8)
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        if b"\\u" not in text:
            raise _not_json(text, error) from error
    # JavaScript clients that cut a string inside an emoji send half of it as an escape, "\\ud83d",
    # which orjson refuses. With another character in its place, as long, orjson tells what else is
    # wrong.
    parts: list[bytes] = []  # texts, halves, …
    for count, found in enumerate(UP_TO_HALF.finditer(text), start=1):
        parts += found.groups()
        if count > MAX_JSON_HALVES and found[2]:
            raise NotJson(f"it has more than {MAX_JSON_HALVES:,} halves of surrogate pairs")
    try:
        orjson.loads(
            b"".join(rb"\ufffd" if at % 2 and part else part for at, part in enumerate(parts))
        )
    except orjson.JSONDecodeError as error:
        raise _not_json(text, error) from error
    mark = secrets.token_hex(8)  # random, so that no text can contain it
    escaped = mark.encode() + b"\\"
    marked = b"".join(escaped + part if at % 2 and part else part for at, part in enumerate(parts))
    return _restore_halves(orjson.loads(marked), re.compile(rf"{mark}\\u([0-9a-fA-F]{{4}})"))


def _restore_halves(value: Any, marked: re.Pattern[str]) -> Any:
    """`value` with halves in place of marks. Not recursive: the value may be deep."""

    def restore(text: str) -> str:
        parts = marked.split(text)
        parts[1::2] = [chr(int(digits, 16)) for digits in parts[1::2]]
        return "".join(parts)

    root = [value]
    containers: list[Any] = [root]
    while containers:
        container = containers.pop()
        if isinstance(container, dict):
            items = {restore(key): item for key, item in container.items()}
            container.clear()
            container.update(items)
        entries = container.items() if isinstance(container, dict) else enumerate(container)
        for key, item in list(entries):
            if isinstance(item, str):
                container[key] = restore(item)
            elif isinstance(item, dict | list):
                containers.append(item)
    return root[0]


def _not_json(text: bytes, error: orjson.JSONDecodeError) -> NotJson:
    try:
        text.decode()
    except UnicodeDecodeError as wrong:
        byte = text[wrong.start]
        return NotJson(f"it is not UTF-8 at byte {wrong.start} (0x{byte:02x}, counted from 0)")
    return NotJson(f"{error.msg} at line {error.lineno}, column {error.colno}")
