"""JSON and JSON Lines: each item becomes lines of "path: value" that make sense on their own.

Says what is wrong in JSON with comments, and does not read it. Does not stream: a file is parsed
as a whole, line by line if it is JSON Lines.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

from handler.documents.document import Document
from handler.documents.json_errors import explain, is_cut
from handler.documents.json_values import Number, TooDeep, ValueLines
from handler.documents.line_limit import MAX_LINES, check_lines
from handler.documents.writer import Writer
from handler.errors import DocumentRejected
from handler.limits import MAX_JSON_DEPTH

TOO_DEEP = f"is nested deeper than {MAX_JSON_DEPTH} levels, the limit; make it flatter."
FILE, LINES_FILE = "The JSON file", "the JSON Lines file"
# Of more, the file is no JSON Lines, or too much of it would be missing.
MAX_BAD_LINES = 0.1
WHITE_SPACE = " \t\n\r"

# Numbers stay as they are written, at any length. An object becomes a tuple of its pairs, in order,
# which keeps pairs of the same name.
_decoder = json.JSONDecoder(
    object_pairs_hook=tuple, parse_int=Number, parse_float=Number, parse_constant=Number
)


def extract_json(text: str) -> Document:
    """The document of a JSON text: one block for each item of an array or pair of an object.

    Several values, one after the other, are read as JSON Lines are. Raises DocumentRejected if
    `text` is not JSON, or nested too deeply.
    """
    text = text.removeprefix("\ufeff")
    if not text.strip():
        return Writer("json").document()
    try:
        value = _decode(text, FILE)
    except json.JSONDecodeError as error:
        values = _values(text)
        if values is not None:
            return _document("jsonl", values)
        if _has_lines(text):
            return extract_json_lines(text)
        message = explain(error, FILE, with_line=True)
        raise DocumentRejected("invalid_file", message) from error
    if isinstance(value, tuple):
        return _document("json", [(pair,) for pair in value])
    return _document("json", value if isinstance(value, list) else [value])


def extract_json_lines(text: str) -> Document:
    """The document of JSON Lines: one block for each line.

    A few lines that are not JSON, or a last one that is cut, are left out with a warning. Raises
    as extract_json does.
    """
    check_lines(text, "JSON Lines file")
    text = text.removeprefix("\ufeff")
    items = _Items("jsonl")
    bad: list[int] = []  # lines
    first_error = last_error = None
    number = read = 0
    for at, line in enumerate(io.StringIO(text, newline="\n"), 1):
        if not line.strip():
            continue
        number = at
        subject = f"Line {at:,} of {LINES_FILE}"
        try:
            value = _decode(line.rstrip("\n"), subject)
        except json.JSONDecodeError as error:
            bad.append(at)
            first_error, last_error = first_error or error, error
            continue
        items.add(value, subject)
        read += 1
    cut = last_error is not None and bad[-1] == number and is_cut(last_error)
    wrong = bad[: len(bad) - cut]
    if first_error and (not read or len(wrong) > MAX_BAD_LINES * (read + len(wrong))):
        if _is_one_text(text):
            return extract_json(text)
        message = explain(first_error, f"Line {bad[0]:,} of {LINES_FILE}", with_line=False)
        raise DocumentRejected("invalid_file", message) from first_error
    return items.document(_warnings(wrong, cut=number if cut else None))


def _warnings(wrong: Sequence[int], *, cut: int | None) -> list[str]:
    """What is to be said about bad lines, and about the last one if it is cut."""
    warnings = []
    if wrong:
        lines = "1 line is" if len(wrong) == 1 else f"{len(wrong):,} lines are"
        first = "line" if len(wrong) == 1 else "the first is line"
        verb = "was" if len(wrong) == 1 else "were"
        warnings.append(f"{lines} not valid JSON and {verb} left out: {first} {wrong[0]:,}.")
    if cut:
        warnings.append(f"The last line, {cut:,}, is cut off and was left out.")
    return warnings


class _Items:
    """Writes items, a block each."""

    def __init__(self, format: str) -> None:
        self._writer = Writer(format)
        self._lines = ValueLines()

    def add(self, item: Any, subject: str = FILE) -> None:
        """Write an item. Raises DocumentRejected if it is too deep, or the text too long."""
        self._writer.separate("\n\n")
        try:
            for line in self._lines.lines(item):
                self._writer.write(line)
                self._writer.separate("\n")
        except TooDeep as error:
            raise DocumentRejected("invalid_file", f"{subject} {TOO_DEEP}") from error

    def document(self, warnings: Iterable[str] = ()) -> Document:
        for warning in (*warnings, *self._lines.warnings):
            self._writer.warn(warning)
        return self._writer.document()


def _document(format: str, items: Iterable[Any]) -> Document:
    written = _Items(format)
    for item in items:
        written.add(item)
    return written.document()


def _decode(text: str, subject: str) -> Any:
    """The value in `text`. Raises JSONDecodeError, and DocumentRejected if it is too deep."""
    try:
        return _decoder.decode(text)
    except RecursionError as error:
        raise DocumentRejected("invalid_file", f"{subject} {TOO_DEEP}") from error


def _has_lines(text: str) -> bool:
    """Whether the first line is a whole object or list, and another line follows."""
    first, _, rest = text.strip().partition("\n")
    if not first.startswith(("{", "[")) or not rest.strip():
        return False
    try:
        _decode(first, FILE)
    except json.JSONDecodeError:
        return False
    return True


def _values(text: str) -> list[Any] | None:
    """Objects and lists that follow each other without line breaks, or over several lines.

    None if there is anything else.
    """
    values: list[Any] = []
    text = text.strip(WHITE_SPACE)
    position = 0
    while position < len(text):
        if text[position] not in "{[":
            return None
        try:
            value, position = _decoder.raw_decode(text, position)
        except (json.JSONDecodeError, RecursionError):
            return None
        values.append(value)
        if len(values) > MAX_LINES:
            raise DocumentRejected(
                "invalid_file",
                f"The file has more than {MAX_LINES:,} JSON values, the limit of one document; "
                "split it into several files.",
            )
        while position < len(text) and text[position] in WHITE_SPACE:
            position += 1
    return values if len(values) > 1 else None


def _is_one_text(text: str) -> bool:
    """Whether lines that are not JSON by themselves are JSON together."""
    try:
        _decode(text, FILE)
    except json.JSONDecodeError:
        return _values(text) is not None
    return True
