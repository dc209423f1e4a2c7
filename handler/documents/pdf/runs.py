"""A page's text as runs: what one text object draws, with its place on the page.

Knows neither lines nor columns. pdfium gives the characters in the order in which the page draws
them, except that it sorts pieces beside one another by their place.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterator
from ctypes import addressof, byref, c_double, c_ushort
from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat
from typing import Any

from pypdfium2 import raw

from handler.documents.pdf.library import (
    address,
    get_font_size,
    get_loose_box,
    get_matrix,
    get_origin,
    get_text_object,
    get_unicode,
)

CELL_GAP = 1.2  # ems; spaces of justified lines are smaller, gaps between columns are not
WINDOW = 65_536  # characters that are looked at together
STRIDE = 16  # every sixteenth character shows most of the text objects' borders
VERTICAL = -1  # a direction: from top to bottom, lines from right to left
# Text whose characters stand from right to left: Hebrew to Arabic Extended, and their forms.
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
UNKNOWN = re.compile("\ufffe")  # what pdfium's text has for a hyphen at a line's end, and others
SURROGATE = re.compile("[\ud800-\udfff]")

Box = tuple[float, float, float, float]  # left, bottom, right, top


@dataclass(slots=True)
class Run:
    """What one text object draws. Places are in points, along and across its lines."""

    text: str
    direction: int  # of its lines, in degrees: 0 is upright, 90 reads upwards; VERTICAL
    start: float  # along the line
    end: float
    base: float  # of the line, across: it grows from line to line
    em: float
    is_mirrored: bool = False  # written from right to left: its place does not tell the order
    hint: str = ""  # what pdfium puts before it: "", " " or "\n"
    is_added: bool = False  # by an annotation: it was drawn last, wherever it stands


def runs_of(textpage: Any, page_box: Box, added: frozenset[int] = frozenset()) -> Iterator[Run]:
    """The runs within `page_box`, as pdfium orders them.

    added: the addresses of text objects that annotations draw.
    """
    handle, places = address(textpage), _Places(textpage, page_box)
    count, hint = raw.FPDFText_CountChars(textpage), ""
    for window in range(0, count, WINDOW):
        indices = range(window, min(window + WINDOW, count))
        text = _characters(textpage, handle, indices)
        begins = _begins(handle, indices)
        ends = [begin for begin, _ in begins[1:]] + [len(indices)]
        for (begin, drawn_by), end in zip(begins, ends, strict=True):
            part = text[begin:end]
            if drawn_by is None and "\n" in part:  # pdfium's own line end
                hint = "\n"
            elif drawn_by is None or part.isspace():
                hint = hint or " "
            else:
                for run in places.runs(part, window + begin):
                    run.hint, hint = hint, " "
                    run.is_added = drawn_by in added
                    yield run
                hint = ""


def _begins(handle: int, indices: range) -> list[tuple[int, int | None]]:
    """Where in `indices` another text object begins, and its address; None: pdfium's separator."""
    coarse = indices[::STRIDE]
    objects = list(map(get_text_object, repeat(handle), coarse))
    begins: list[tuple[int, int | None]] = [(0, objects[0])]
    for index, after in zip(coarse, [*objects[1:], -1], strict=True):
        last = begins[-1][1]
        if last is not None and last == after:  # a text object's characters follow one another
            continue
        fine = range(index, min(index + STRIDE + 1, indices.stop))
        for each, drawn_by in zip(fine, map(get_text_object, repeat(handle), fine), strict=True):
            if drawn_by != last:
                begins.append((each - indices.start, drawn_by))
                last = drawn_by
    return begins


def _characters(textpage: Any, handle: int, indices: range) -> str:
    """The characters at `indices`, as UTF-16 has them: one for each index."""
    size = len(indices) + 1  # with the end mark
    buffer = (c_ushort * size)()
    if raw.FPDFText_GetText(textpage, indices.start, len(indices), buffer) == size:
        text = bytes(buffer)[:-2].decode("utf-16-le", "replace")
        if len(text) == len(indices):
            return UNKNOWN.sub(lambda found: _character(handle, indices[found.start()]), text)
    # pdfium's own text leaves some characters out.
    return "".join(map(_character, repeat(handle), indices))


def _character(handle: int, index: int) -> str:
    code = get_unicode(handle, index)
    return chr(code) if code <= sys.maxunicode else "\x00"


def _text(characters: str) -> str:
    """The text of UTF-16 `characters`, which a text object draws as two or, at times, in part."""
    if characters.isascii() or not SURROGATE.search(characters):
        return characters
    return characters.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")


class _Places:
    """Asks pdfium where characters are. Its buffers are used again for each question."""

    def __init__(self, textpage: Any, page_box: Box) -> None:
        self._textpage, self._page_box = textpage, page_box
        self._handle = address(textpage)
        self._x, self._y = c_double(), c_double()
        self._box, self._matrix = raw.FS_RECTF(), raw.FS_MATRIX()
        self._sides = tuple(c_double() for _ in range(4))
        self._x_address, self._y_address = addressof(self._x), addressof(self._y)
        self._box_address, self._matrix_address = addressof(self._box), addressof(self._matrix)

    def runs(self, text: str, begin: int) -> Iterator[Run]:
        """The runs of one text object, whose characters begin at index `begin`.

        It has several where a space is as wide as one between columns. What is outside of the
        page is left out.
        """
        get_matrix(self._handle, begin, self._matrix_address)
        matrix = self._matrix
        a, b, c, d = matrix.a, matrix.b, matrix.c, matrix.d
        scale = math.hypot(c, d) or math.hypot(a, b)
        size = abs(get_font_size(self._handle, begin)) * scale
        direction = 0 if b == 0 and a > 0 else round(math.degrees(math.atan2(b, a))) % 360
        first = 0
        if " " in text and direction % 90 == 0:
            for space in self._wide_spaces(text, begin, direction, size):
                yield from self._run(text[first:space], begin + first, direction, size)
                first = space + 1
        yield from self._run(text[first:], begin + first, direction, size)

    def _wide_spaces(self, text: str, begin: int, direction: int, size: float) -> Iterator[int]:
        cosine, sine = unit(direction)
        x, y = self._origin(begin)
        first, space = 0, text.find(" ", 1, -1)
        while space > 0:
            next_x, next_y = self._origin(begin + space + 1)
            advance = (next_x - x) * cosine + (next_y - y) * sine
            # A quick look: letters are half an em wide on the average.
            if advance > (0.45 * (space - first) + 0.9) * size:
                left, bottom, right, top = self._loose_box(begin + space - 1)
                ends = left * cosine + bottom * sine, right * cosine + top * sine
                if next_x * cosine + next_y * sine - max(ends) > CELL_GAP * size:
                    yield space
            first, x, y = space + 1, next_x, next_y
            space = text.find(" ", first, -1)

    def _run(
        self, text: str, begin: int, direction: int, size: float, *, is_whole: bool = False
    ) -> Iterator[Run]:
        x, y = self._origin(begin + self._spaces(text))
        box = self._loose_box(begin + len(text) - 1)
        width = max(box[2] - x, box[3] - y, x - box[0], y - box[1])
        if width > (0.6 * len(text) + CELL_GAP) * size and not (is_whole or direction % 90):
            first = 0
            for cell in [*self._cells(text, begin, direction, size), len(text)]:
                yield from self._run(
                    text[first:cell], begin + first, direction, size, is_whole=True
                )
                first = cell
            return
        if len(text) > 1 and abs(box[0] - x) < 0.01 and abs(box[1] - y) < abs(box[3] - y):
            # All characters of a replacement text have one origin.
            box = self._tight_box(begin + len(text) - 1)
        left, bottom, right, top = self._page_box
        is_inside = left <= x <= right and bottom <= y <= top
        if not (
            is_inside and left <= box[0] and bottom <= box[1] and box[2] <= right and box[3] <= top
        ):
            text = self._inside(text, begin)
        text = _text(text)
        if text and not text.isspace():
            yield placed(text, x, y, box, direction, size)

    @staticmethod
    def _spaces(text: str) -> int:
        """How many spaces are before the text, which begins behind them."""
        if not text.startswith(" ") or RIGHT_TO_LEFT.search(text):
            return 0
        return len(text) - len(text.lstrip(" ")) if not text.isspace() else 0

    def _cells(self, text: str, begin: int, direction: int, size: float) -> Iterator[int]:
        """Where a number is as far from the character before it as a cell, without a space."""
        cosine, sine = unit(direction)
        for index in range(1, len(text)):
            pair = text[index - 1 : index + 1]
            if any(map(str.isspace, pair)) or not any(map(str.isdigit, pair)):
                continue
            left, bottom, right, top = self._loose_box(begin + index - 1)
            x, y = self._origin(begin + index)
            end = max(left * cosine + bottom * sine, right * cosine + top * sine)
            if x * cosine + y * sine - end > CELL_GAP * size:
                yield index

    def _origin(self, index: int) -> tuple[float, float]:
        get_origin(self._handle, index, self._x_address, self._y_address)
        return self._x.value, self._y.value

    def _loose_box(self, index: int) -> Box:
        get_loose_box(self._handle, index, self._box_address)
        box = self._box
        return (box.left, box.bottom, box.right, box.top)

    def _tight_box(self, index: int) -> Box:
        left, right, bottom, top = self._sides
        raw.FPDFText_GetCharBox(self._textpage, index, *map(byref, self._sides))
        return (left.value, bottom.value, right.value, top.value)

    def _inside(self, text: str, begin: int) -> str:
        """The characters that are at least partly on the page."""
        left, bottom, right, top = self._page_box
        kept = []
        for index, character in enumerate(text, begin):
            box = self._tight_box(index)
            if box[0] < right and left < box[2] and box[1] < top and bottom < box[3]:
                kept.append(character)
        return "".join(kept)


@lru_cache(360)
def unit(direction: int) -> tuple[float, float]:
    """A direction's cosine and sine."""
    return math.cos(math.radians(direction)), math.sin(math.radians(direction))


def placed(text: str, x: float, y: float, box: Box, direction: int, size: float) -> Run:
    """The run of `text` that begins at (x, y) and whose last character fills `box`.

    direction: of its line, in degrees, counterclockwise. size: of the font; it can be wrong.
    """
    left, bottom, right, top = box
    width, height = right - left, top - bottom
    thick = {0: height, 90: width, 180: height, 270: width}.get(direction, min(width, height))
    em = size if 0.4 * thick <= size <= 2.5 * thick else (thick or size or 1.0)
    is_mirrored = not text.isascii() and RIGHT_TO_LEFT.search(text) is not None
    if direction == 0:
        if bottom < y - 0.7 * em and len(text) > 1 and right < x + 1.5 * em:
            return Run(text, VERTICAL, -y - em, -bottom, -x, em)
        return Run(text, 0, x, right, -y, em, is_mirrored)
    cosine, sine = unit(direction)
    start, base = x * cosine + y * sine, x * sine - y * cosine
    ends = [x * cosine + y * sine for x in (left, right) for y in (bottom, top)]
    end = (min(ends) + max(ends)) / 2 if direction % 90 else max(ends)
    return Run(text, direction, start, max(start, end), base, em, is_mirrored)
