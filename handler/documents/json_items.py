"""JSON and JSON Lines: each item as lines of "path: value", so that it can be read by itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from handler.documents.document import Document
from handler.documents.writer import Writer
from handler.errors import DocumentRejected
from handler.limits import MAX_JSON_DEPTH

TOO_DEEP = f"is nested deeper than {MAX_JSON_DEPTH} levels, the limit; make it flatter."

# Numbers stay as they are written, of any length; an object is a tuple of its pairs, all of them,
# in order, those with the same name as well.
_decoder = json.JSONDecoder(
    object_pairs_hook=tuple, parse_int=str, parse_float=str, parse_constant=str
)


def extract_json(text: str) -> Document:
    """The document of the JSON in `text`: of an array each item is a block, of an object each pair.

    Raises DocumentRejected if it is not JSON, or nested too deeply.
    """
    writer = Writer("json")
    value = _parse(text, "The JSON file")
    if isinstance(value, list):
        for item in value:
            _write(writer, item, "The JSON file")
    elif isinstance(value, tuple):
        for pair in value:
            _write(writer, (pair,), "The JSON file")
    else:
        _write(writer, value, "The JSON file")
    return writer.document()


def extract_json_lines(text: str) -> Document:
    """The document of the JSON Lines in `text`: each line is a block. Raises as extract_json."""
    writer = Writer("jsonl")
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            name = f"Line {number:,} of the JSON Lines file"
            _write(writer, _parse(line, name), name)
    return writer.document()


def _parse(text: str, name: str) -> Any:
    """The value in `text`. name: what it is, to begin a message with."""
    try:
        return _decoder.decode(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno:,}, column {error.colno:,}"
        if name.startswith("Line"):
            place = f"column {error.colno:,}"
        message = f"{name} is not valid JSON: {error.msg} at {place}."
        raise DocumentRejected("invalid_file", message) from error
    except RecursionError as error:
        raise DocumentRejected("invalid_file", f"{name} {TOO_DEEP}") from error


def _write(writer: Writer, item: Any, name: str) -> None:
    writer.separate("\n\n")
    for line in _lines(item, "", name, MAX_JSON_DEPTH):
        writer.write(line)
        writer.separate("\n")


def _lines(value: Any, path: str, name: str, depth: int) -> Iterator[str]:
    """`value` in lines of "path: value"; no lines for what is empty."""
    if depth == 0:
        raise DocumentRejected("invalid_file", f"{name} {TOO_DEEP}")
    if isinstance(value, tuple):
        for key, inner in value:
            yield from _lines(inner, f"{path}.{key}" if path else key, name, depth - 1)
    elif isinstance(value, list) and any(isinstance(inner, list | tuple) for inner in value):
        for place, inner in enumerate(value):
            yield from _lines(inner, f"{path}[{place}]", name, depth - 1)
    else:
        texts = [_scalar(inner) for inner in (value if isinstance(value, list) else [value])]
        text = ", ".join(text for text in texts if text)
        if text:
            yield f"{path}: {text}" if path else text


def _scalar(value: str | bool | None) -> str:
    """A string or number as it is, true and false; nothing for null."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else value.strip()
