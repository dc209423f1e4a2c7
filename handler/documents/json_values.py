"""A JSON value to lines of "path: value". Parses nothing and writes nothing.

A null in an array keeps its place, since places mean something there. A null of an object has no
line. Long lists of numbers, such as coordinates, are left out and counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from handler.documents.base64_blobs import Base64Blobs
from handler.limits import MAX_JSON_DEPTH

# Numbers in a list, and in the lists in it, that are still read: more are coordinates, vectors or
# measurements, which are not searched for.
MAX_NUMBERS = 200
MAX_ITEM = 80  # characters of an item in a line of items; a longer one has its own line
SENTENCE_ENDS = (".", "!", "?", ":", ";", "…", "。")


class Number(str):
    """A number as it is written."""

    __slots__ = ()


# An object is a tuple of its pairs, in order, which keeps pairs of the same name.
@dataclass(frozen=True, slots=True)
class Path:
    """Where a value is. Written only for a value that has a line: a key can be very long."""

    parent: Path | None
    step: str | int

    def __str__(self) -> str:
        steps: list[str] = []
        path: Path | None = self
        while path is not None:
            dot = "." if path.parent else ""
            steps.append(f"{dot}{path.step}" if isinstance(path.step, str) else f"[{path.step}]")
            path = path.parent
        return "".join(reversed(steps))


class TooDeep(Exception):
    """A value is nested deeper than MAX_JSON_DEPTH."""


@dataclass
class ValueLines:
    """Makes the lines of values, and counts what it leaves out."""

    blobs: Base64Blobs = field(default_factory=Base64Blobs)
    lists: int = 0  # of numbers, left out
    numbers: int = 0  # in them

    def lines(self, value: Any) -> Iterator[str]:
        """The lines of a value. Raises TooDeep."""
        return self._lines(value, None, MAX_JSON_DEPTH)

    @property
    def warnings(self) -> list[str]:
        """What was left out, in sentences."""
        warnings = []
        if self.lists:
            lists = "1 list" if self.lists == 1 else f"{self.lists:,} lists"
            verb = "was" if self.lists == 1 else "were"
            warnings.append(
                f"{lists} of more than {MAX_NUMBERS:,} numbers, such as coordinates, {verb} left "
                f"out ({self.numbers:,} numbers)."
            )
        if self.blobs.warning:
            warnings.append(self.blobs.warning)
        return warnings

    def _lines(self, value: Any, path: Path | None, depth: int) -> Iterator[str]:
        if depth == 0:
            raise TooDeep
        if isinstance(value, tuple):
            for key, inner in value:
                yield from self._lines(inner, Path(path, key), depth - 1)
            return
        if isinstance(value, list):
            # A list in a list was counted with it.
            named = path is not None and isinstance(path.step, str)
            if named and (numbers := _numbers(value)) and numbers > MAX_NUMBERS:
                self.lists += 1
                self.numbers += numbers
                return
            if any(isinstance(inner, list | tuple) for inner in value):
                for index, inner in enumerate(value):
                    yield from self._lines(inner, Path(path, index), depth - 1)
                return
            text = self._joined(value, may_be_lines=named)
        else:
            text = self._scalar(value)
        if text:
            yield f"{path}: {text}" if path else text

    def _joined(self, items: list[Any], *, may_be_lines: bool) -> str:
        """The items of a list without lists and objects; each keeps its place."""
        if may_be_lines and _are_lines(items):
            lines = [self.blobs.leave_out(item).rstrip("\n") for item in items]
            return "\n".join(lines).strip()
        texts = [self._scalar(item) for item in items]
        while texts and not texts[-1]:
            texts.pop()
        return ", ".join(texts)

    def _scalar(self, value: Any) -> str:
        """A string or number as written; "true" or "false"; the empty string for null."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return str(value).lower()
        return str(value) if isinstance(value, Number) else self.blobs.leave_out(value).strip()


def _numbers(value: Any) -> int | None:
    """How many numbers a list holds if it holds nothing else, in lists or not; otherwise None."""
    count, lists = 0, [value]
    while lists:
        for item in lists.pop():
            if isinstance(item, list):
                lists.append(item)
            elif isinstance(item, Number):
                count += 1
            elif item is not None:
                return None
    return count


def _are_lines(items: list[Any]) -> bool:
    """Whether the items are lines or sentences of a text, not words in a list."""
    texts = [item for item in items if type(item) is str]
    if len(texts) < len(items):
        return False
    if all("\n" in text[-1:] for text in texts[:-1]) and len(texts) > 1:
        return True
    return any(
        "," in text or "\n" in text or len(text) > MAX_ITEM or text.endswith(SENTENCE_ENDS)
        for text in texts
    )
