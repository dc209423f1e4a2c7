"""Puts the values of forms and typed text beside the lines of the page that they belong to.

A page's content ends with them, wherever they stand.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from itertools import islice

from handler.documents.pdf.lines import LINE_SHIFT, Line, Segment, room

MAX_ADDED = 5_000  # lines of a page; what comes after them stays at its end
FAR = 10_000.0  # points; more than a page is wide


def place(lines: list[Line], added: Iterable[Line]) -> list[Line]:
    """`lines` with those `added`: on a line that has room for it, or between lines."""
    added = iter(added)
    order = sorted(range(len(lines)), key=lambda index: lines[index].base)
    bases = [lines[index].base for index in order]
    before: dict[int, list[Line]] = {}  # lines that come before the one at an index
    for line in islice(added, MAX_ADDED):
        reach = LINE_SHIFT * line.em
        begin, end = bisect_left(bases, line.base - reach), bisect_right(bases, line.base + reach)
        beside = [lines[i] for i in order[begin:end] if lines[i].direction == line.direction]
        line.segments = [each for each in line.segments if not _put_on(beside, line.em, each)]
        if line.segments:
            next_ = order[end] if end < len(order) else len(lines)
            insort(before.setdefault(next_, []), line, key=_place)
    placed: list[Line] = []
    for index in range(len(lines) + 1):
        placed += before.get(index, ())
        placed += lines[index : index + 1]
    return [*placed, *added]


def _place(line: Line) -> tuple[float, float]:
    return line.base, line.start


def _put_on(beside: Iterable[Line], em: float, segment: Segment) -> bool:
    """Put `segment` on the line whose text before it is nearest, if one has room."""
    best: tuple[float, int, Line] | None = None
    for line in beside:
        index = room(line, segment.start, segment.end, em)
        if index < 0:
            continue
        if index:
            distance = segment.start - line.segments[index - 1].end
        else:  # a label is seldom behind its value
            distance = FAR + line.start - segment.end
        if best is None or distance < best[0]:
            best = distance, index, line
    if best:
        _, index, line = best
        for after in line.segments[index : index + 1]:
            after.text = after.text.lstrip()  # the segment may lie upon its spaces
        line.segments.insert(index, segment)
    return best is not None
