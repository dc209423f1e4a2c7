"""Runs to lines: which runs stand on one line, and how far they are apart.

Decides by the runs' places. Where these do not tell, in text from right to left, pdfium's own
separators count. Knows no columns and no hyphens.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field

from handler.documents.pdf.runs import CELL_GAP, VERTICAL, Run
from handler.documents.pdf.scripts import Beside, Script, hangs, position, written

# Shares of an em. A space is at least a fifth of an em wide in nearly all fonts; letters that are
# drawn one by one are at most a tenth apart.
WORD_GAP = 0.12
IDEOGRAPH_GAP = 0.35  # text recognition sets ideographs with some space between them
LINE_SHIFT = 0.5  # of a superscript's base, at most
TWICE = 0.25  # text that is drawn again, a little moved, looks bold
GRID = 4.0  # points; lines are looked up by their base
MAX_LINES_BESIDE = 32
STACKED = 1.2  # from an ideograph to the one below it in vertical writing, at most
OVERLAP = 0.5  # of a text with the end of the text before; what overlaps more is another line
ACCENT_BACK = 1.0  # an accent may be drawn after its letter
DESCENT = 0.12  # of an ideograph

# Raised and lowered digits, as they are drawn.
PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉", "0123456789" * 2)
HANGUL_GAP = 0.2
IDEOGRAPH = re.compile("[\u2e80-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]")
HANGUL = re.compile("[\uac00-\ud7af]")


@dataclass(slots=True)
class Segment:
    """A piece of a line without a wide gap."""

    start: float
    end: float
    text: str


@dataclass(slots=True)
class Line:
    """Segments beside one another, in the order of reading."""

    direction: int
    base: float
    em: float
    segments: list[Segment] = field(default_factory=list)
    is_mirrored: bool = False
    beside: Beside | None = None  # what tells whether the next run is raised
    script: Script | None = None  # at the line's end

    @property
    def start(self) -> float:
        return self.segments[0].start

    @property
    def end(self) -> float:
        return self.segments[-1].end

    @property
    def text(self) -> str:
        return " ".join(segment.text for segment in self.segments)


def lines_of(runs: Iterable[Run]) -> list[Line]:
    """The lines of a page, in the order in which it draws them."""
    lines: list[Line] = []
    drawn = _Drawn()
    for run in runs:
        if not run.is_mirrored and drawn.has(run):
            continue
        line = lines[-1] if lines else None
        if line and _is_on(line, run):
            _append(line, run)
        elif line and _is_below_in_vertical_line(line, run):
            _append_below(line, run)
        else:
            segment = Segment(run.start, run.end, run.text)
            line = Line(run.direction, run.base, run.em, [segment], run.is_mirrored)
            line.beside = Beside(run.base, run.em)
            lines.append(line)
            drawn.add(lines[-1])
    return lines


def _is_on(line: Line, run: Run) -> bool:
    if line.direction != run.direction:
        return False
    if line.is_mirrored or run.is_mirrored:
        return run.hint != "\n" or abs(run.base - line.base) < LINE_SHIFT * min(line.em, run.em)
    shift = abs(run.base - line.base)
    back = line.end - run.start
    if shift > LINE_SHIFT * max(line.em, run.em):
        return run.direction % 90 == 0 and _hangs(line, run, -back)
    if line.script and _is_below_script(line.script, run):
        return True
    if shift > LINE_SHIFT * min(line.em, run.em) and back > WORD_GAP * line.em:
        return False  # a small line beside the end of a large one
    if back > (ACCENT_BACK if len(run.text) == 1 else OVERLAP) * run.em:
        return room(line, run.start, run.end, run.em) >= 0
    return True


def room(line: Line, start: float, end: float, em: float) -> int:
    """The index of the segment before which the line has room for a text; -1 if it has none."""
    index = bisect_left(line.segments, start, key=lambda segment: segment.start)
    near = WORD_GAP * em
    if index and line.segments[index - 1].end > start + near:
        return -1
    if index < len(line.segments) and line.segments[index].start < end - near:
        return -1
    return index


def _append(line: Line, run: Run) -> None:
    """Add `run` at the end of `line`, as a part of its last segment or as a new one."""
    last = line.segments[-1]
    em = max(line.em, run.em)
    gap = run.start - last.end
    if line.is_mirrored or run.is_mirrored:
        line.is_mirrored = True
        last.text += (" " if run.hint else "") + run.text
        last.start, last.end = min(last.start, run.start), max(last.end, run.end)
    elif run.start <= last.start - WORD_GAP * em:
        segment = Segment(run.start, run.end, run.text)
        line.segments.insert(room(line, run.start, run.end, run.em), segment)
        line.beside = line.script = None  # it is not at the line's end
    elif gap > CELL_GAP * em and run.direction % 90 == 0:
        line.segments.append(Segment(run.start, run.end, run.text))
        line.beside, line.script = Beside(run.base, run.em), None
    else:
        _write(line, run, _between(last.text, run, gap / em))
    if run.em > line.em:  # the line began with a superscript
        line.em, line.base = run.em, run.base


def _hangs(line: Line, run: Run, gap: float) -> bool:
    if run.em <= line.em:
        return hangs(run, line.base, line.em, gap)
    small = Run(line.text, line.direction, line.start, line.end, line.base, line.em)
    return hangs(small, run.base, run.em, gap)


def _is_below_script(script: Script, run: Run) -> bool:
    """Whether `run` is an index below an exponent, or the other way round."""
    near = LINE_SHIFT * run.em
    return abs(run.start - script.start) < near < 1.5 * abs(run.base - script.base)


def _write(line: Line, run: Run, between: str) -> None:
    """Add the text of `run` to the last segment, raised or lowered if it stands so."""
    last, beside, before = line.segments[-1], line.beside, line.script
    is_apart = bool(between) or run.text[0].isspace() or last.text[-1].isspace()
    line.script = None
    where = position(run, beside) if beside and not is_apart and run.direction % 90 == 0 else None
    if where and before and before.position == where and before.base == run.base:
        before.raw += run.text
        last.text = last.text[: before.begin]
        last.text += written(before.raw, where, last.text)
        line.script = before
    elif where:
        line.script = Script(run.text, where, len(last.text), run.start, run.base)
        last.text += written(run.text, where, last.text)
    else:
        if before and not is_apart and before.is_in_word(run.text):
            last.text = last.text[: before.begin] + before.raw
        _raise_start(line, run, is_apart=is_apart)
        last.text += between + run.text
        line.beside = Beside(run.base, run.em)
    last.end = max(last.end, run.end)


def _raise_start(line: Line, run: Run, *, is_apart: bool) -> None:
    """Write the line so far as raised or lowered if it is small and touches the larger `run`."""
    if run.em <= line.em or is_apart or len(line.segments) > 1:
        return
    segment = line.segments[0]
    small = Run(segment.text, line.direction, segment.start, segment.end, line.base, line.em)
    if where := position(small, Beside(run.base, run.em)):
        segment.text = written(segment.text, where, "")


def _between(before: str, run: Run, gap: float) -> str:
    """What separates `run` from the text before it. gap: in ems."""
    if before[-1].isspace() or run.text[0].isspace():
        return ""
    if IDEOGRAPH.match(before[-1]) and IDEOGRAPH.match(run.text[0]):
        return " " if gap > IDEOGRAPH_GAP else ""
    if run.direction % 90:  # boxes are upright, so where the text before ends is not known
        return run.hint and " "
    if HANGUL.match(before[-1]) and HANGUL.match(run.text[0]):
        return " " if gap > HANGUL_GAP else ""
    return " " if gap > WORD_GAP else ""


def _is_below_in_vertical_line(line: Line, run: Run) -> bool:
    """Whether `run` is an ideograph right below the last one: vertical writing, piece by piece."""
    if run.direction != 0 or len(run.text) > 1 or not IDEOGRAPH.match(run.text):
        return False
    text = line.segments[-1].text
    if len(line.segments) > 1 or not IDEOGRAPH.match(text[-1]):
        return False
    if line.direction == VERTICAL:
        x, bottom, nearest, farthest = -line.base, line.end, 0.2, 2 * STACKED
    elif line.direction == 0 and len(text) == 1:
        x, bottom = line.start, line.base + DESCENT * line.em
        nearest, farthest = 0.8, STACKED
    else:
        return False
    below = (run.base + DESCENT * run.em - bottom) / run.em
    return abs(run.start - x) < 0.2 * run.em and nearest < below < farthest


def _append_below(line: Line, run: Run) -> None:
    segment = line.segments[-1]
    if line.direction != VERTICAL:
        segment.start = line.base - (1 - DESCENT) * line.em
        line.direction, line.base = VERTICAL, -run.start
    segment.text += run.text
    segment.end = run.base + DESCENT * run.em


class _Drawn:
    """The lines so far, to find text that is drawn again at its place."""

    def __init__(self) -> None:
        self._lines: dict[tuple[int, int], list[Line]] = {}

    def add(self, line: Line) -> None:
        self._lines.setdefault((line.direction, round(line.base / GRID)), []).append(line)

    def has(self, run: Run) -> bool:
        """Whether a line has the text of `run` where `run` is."""
        row = round(run.base / GRID)
        for key in ((run.direction, row), (run.direction, row - 1), (run.direction, row + 1)):
            for line in self._lines.get(key, ())[-MAX_LINES_BESIDE:]:
                if _has_at_place(line, run):
                    return True
        return False


def _has_at_place(line: Line, run: Run) -> bool:
    width = run.end - run.start
    near = min(TWICE * run.em, TWICE * width)
    if width < 0.1 * run.em or abs(line.base - run.base) > TWICE * run.em:
        return False
    for segment in line.segments:
        if segment.start - near < run.start and run.end < segment.end + near:
            return _has_text_at(segment, _solid(run.text), run.start)
    return False


def _has_text_at(segment: Segment, text: str, start: float) -> bool:
    """Whether `text` is in the segment, about as far in as `start` is."""
    whole = _solid(segment.text)
    share = (start - segment.start) / (segment.end - segment.start or 1.0)
    index = max(0, round(share * len(whole)))
    leeway = 3 + len(whole) // 8
    return text in whole[max(0, index - leeway) : index + len(text) + leeway]


def _solid(text: str) -> str:
    solid = "".join(text.split())
    return solid if solid.isascii() else solid.translate(PLAIN)
