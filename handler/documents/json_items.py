"""JSON and JSON Lines: each item becomes lines of "path: value" that make sense on their own.

Does not stream: a file is parsed as a whole, line by line if it is JSON Lines.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from handler.documents.document import Document
from handler.documents.writer import Writer
from handler.errors import DocumentRejected
from handler.limits import MAX_JSON_DEPTH

Scalar = str | bool | None  # numbers stay strings

TOO_DEEP = f"is nested deeper than {MAX_JSON_DEPTH} levels, the limit; make it flatter."

# Numbers stay as they are written, at any length. An object becomes a tuple of its pairs, in order,
# which keeps pairs of the same name.
_decoder = json.JSONDecoder(
    object_pairs_hook=tuple, parse_int=str, parse_float=str, parse_constant=str
)


def extract_json(text: str) -> Document:
    """The document of a JSON text: one block for each item of an array or pair of an object.

    Raises DocumentRejected if `text` is not JSON, or nested too deeply.
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
    """The document of JSON Lines: one block for each line. Raises as extract_json does."""
    writer = Writer("jsonl")
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            name = f"Line {number:,} of the JSON Lines file"
            _write(writer, _parse(line, name), name)
    return writer.document()


def _parse(text: str, name: str) -> Any:
    """The value in `text`. name: the subject of error messages, such as "The JSON file"."""
    try:
        return _decoder.decode(text)
    except json.JSONDecodeError as error:
        position = f"line {error.lineno:,}, column {error.colno:,}"
        if name.startswith("Line"):
            position = f"column {error.colno:,}"
        message = f"{name} is not valid JSON: {error.msg} at {position}."
        raise DocumentRejected("invalid_file", message) from error
    except RecursionError as error:
        raise DocumentRejected("invalid_file", f"{name} {TOO_DEEP}") from error


def _write(writer: Writer, item: Any, name: str) -> None:
    writer.separate("\n\n")
    for line in _lines(item, "", name, MAX_JSON_DEPTH):
        writer.write(line)
        writer.separate("\n")


def _lines(value: Any, path: str, name: str, depth: int) -> Iterator[str]:
    """`value` in lines of "path: value"; empty values have no line."""
    if depth == 0:
        raise DocumentRejected("invalid_file", f"{name} {TOO_DEEP}")
    if isinstance(value, tuple):
        for key, inner in value:
            yield from _lines(inner, f"{path}.{key}" if path else key, name, depth - 1)
    elif isinstance(value, list) and any(isinstance(inner, list | tuple) for inner in value):
        for index, inner in enumerate(value):
            yield from _lines(inner, f"{path}[{index}]", name, depth - 1)
    else:
        texts = [_scalar(inner) for inner in (value if isinstance(value, list) else [value])]
        text = ", ".join(text for text in texts if text)
        if text:
            yield f"{path}: {text}" if path else text


def _scalar(value: Scalar) -> str:
    """A string or number as written; "true" or "false"; the empty string for null."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else value.strip()
