"""Lines to reading order: columns of prose that a page draws line by line, across all columns.

Only such pages are changed: most are drawn in the order of reading. A table is left in its rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from statistics import median

from handler.documents.pdf.lines import IDEOGRAPH, Line, Segment
from handler.documents.pdf.runs import VERTICAL

MIN_GUTTER = 0.8  # ems between two columns
MAX_LINES = 300  # of columns that are looked at together
MIN_LINES = 4  # that have text on both sides of a gutter
# What tells prose from a table's cells: words in a line, and how much of the column it fills.
MIN_WORDS, MIN_FILL = 3, 0.6

Gap = tuple[float, float]


def in_reading_order(lines: Sequence[Line]) -> list[Line]:
    """The lines, column by column where they are columns of prose."""
    ordered: list[Line] = []
    begin = 0
    while begin < len(lines):
        end, gutter = _columns(lines, begin)
        if gutter:
            ordered += _split(lines[begin:end], gutter)
        else:
            ordered += lines[begin:end]
        begin = end
    return _vertical_in_order(ordered)


def _columns(lines: Sequence[Line], begin: int) -> tuple[int, Gap | None]:
    """The end of the lines from `begin` that share a gutter, and the gutter; or the next line."""
    first = lines[begin]
    best: Gap | None = None
    end_of_best = begin + 1
    if first.direction == VERTICAL or first.is_mirrored or len(first.segments) < 2:
        return end_of_best, best
    for gap in _gaps(first):
        end, gutter = _extent(lines[: begin + MAX_LINES], begin, gap)
        if end > end_of_best and _is_prose(lines[begin:end], gutter):
            best, end_of_best = gutter, end
    return end_of_best, best


def _gaps(line: Line) -> list[Gap]:
    """Where `line` is empty between several words on both sides, the first three."""
    pairs = zip(line.segments, line.segments[1:], strict=False)
    gaps = (
        (left.end, right.start)
        for left, right in pairs
        if _words(left.text) >= MIN_WORDS and _words(right.text) >= MIN_WORDS
    )
    return list(islice(gaps, 3))


def _extent(lines: Sequence[Line], begin: int, gap: Gap) -> tuple[int, Gap]:
    """How far down `gap` stays empty, and what is left of it."""
    previous = lines[begin]
    for index in range(begin + 1, len(lines)):
        line = lines[index]
        # A line of one column may stand a little higher than one of the other before it.
        is_next = -line.em < line.base - previous.base < 3 * line.em
        if line.direction != previous.direction or not is_next:
            return index, gap
        narrowed = _narrowed(gap, line)
        if not narrowed:
            return index, gap
        gap, previous = narrowed, line
    return len(lines), gap


def _narrowed(gap: Gap, line: Line) -> Gap | None:
    """What `line` leaves of `gap`; None if that is too little."""
    left, right = gap
    middle = (left + right) / 2
    for segment in line.segments:
        if segment.start < middle < segment.end:
            return None
        if segment.end <= middle:
            left = max(left, segment.end)
        else:
            right = min(right, segment.start)
    return (left, right) if right - left > MIN_GUTTER * line.em else None


def _is_prose(lines: Sequence[Line], gutter: Gap) -> bool:
    sides = ([], [])  # type: tuple[list[Segment], list[Segment]]
    both = 0
    for line in lines:
        left, right = _sides(line, gutter)
        both += bool(left and right)
        if left:
            sides[0].append(_whole(left))
        if right:
            sides[1].append(_whole(right))
    return both >= MIN_LINES and all(_fills(side) for side in sides)


def _sides(line: Line, gutter: Gap) -> tuple[list[Segment], list[Segment]]:
    middle = (gutter[0] + gutter[1]) / 2
    left = [segment for segment in line.segments if segment.end <= middle]
    return left, line.segments[len(left) :]


def _whole(segments: Sequence[Segment]) -> Segment:
    text = " ".join(segment.text for segment in segments)
    return Segment(segments[0].start, segments[-1].end, text)


def _fills(column: Sequence[Segment]) -> bool:
    """Whether a column's lines have several words and mostly go to its end."""
    width = max(segment.end for segment in column) - min(segment.start for segment in column)
    words = median(_words(segment.text) for segment in column)
    fill = median((segment.end - segment.start) / width for segment in column) if width else 0
    return words >= MIN_WORDS and fill >= MIN_FILL


def _words(text: str) -> int:
    return len(text.split()) + len(IDEOGRAPH.findall(text)) // 2


def _split(lines: Iterable[Line], gutter: Gap) -> list[Line]:
    """The lines left of `gutter`, then those right of it; each in order again."""
    left: list[Line] = []
    right: list[Line] = []
    for line in lines:
        for side, segments in zip((left, right), _sides(line, gutter), strict=True):
            if segments:
                side.append(Line(line.direction, line.base, line.em, segments))
    return [*in_reading_order(left), *in_reading_order(right)]


def _vertical_in_order(lines: list[Line]) -> list[Line]:
    """The lines, with those of vertical writing that follow one another from right to left."""
    ordered: list[Line] = []
    block: list[Line] = []
    for line in lines:
        beside = (
            block
            and line.start < max(other.end for other in block[-1:])
            and line.end > block[-1].start
        )
        if line.direction == VERTICAL and (not block or beside):
            block.append(line)
            continue
        ordered += sorted(block, key=lambda each: each.base)
        block = [line] if line.direction == VERTICAL else []
        if not block:
            ordered.append(line)
    return ordered + sorted(block, key=lambda each: each.base)
