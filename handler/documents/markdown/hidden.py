"""Leaves out what readers of Markdown do not see: comments, scripts and styles.

In code they are text, and stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from handler.documents.markdown.fences import Fences

SCRIPT = re.compile(r" {0,3}<(script|style)(?=[\s>])", re.IGNORECASE)
COMMENT = re.compile("<!--")
BACKTICKS = re.compile(r"`+")
BLANK_LINE = re.compile(r"\n[ \t]*\n")


def without_hidden(text: str) -> str:
    """`text` without comments, scripts and styles. Its lines of code stay as they are."""
    if "<" not in text:
        return text
    return "".join(_Hidden(text).parts())


class _Hidden:
    """A pass over one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._blank = -1
        has_script = re.search(SCRIPT.pattern, text, re.IGNORECASE | re.MULTILINE)
        self._lower = text.lower() if has_script else ""
        # Behind the last end of something hidden, all is seen.
        self._last = max(text.rfind("-->"), *map(self._lower.rfind, ("</script>", "</style>")))
        self._next: dict[str, int] = {}  # where a mark occurs next; each is looked for once

    def parts(self) -> Iterator[str]:
        """The parts of the text that stay."""
        fences = Fences()
        position = 0
        while position <= self._last:
            end = self._text.find("\n", position) + 1 or len(self._text)
            line = self._text[position:end]
            if fences.is_code(line.rstrip("\n")) or "<" not in line:
                yield line
                position = end
                continue
            script = SCRIPT.match(line)
            after = script and self._end(f"</{script[1].lower()}>", position, self._lower)
            if after:
                position = after
                continue
            for begin, after in self._comments(line, position):
                yield self._text[position:begin]
                position = after
            if position < end:
                yield self._text[position:end]
                position = end
        yield self._text[position:]

    def _comments(self, line: str, offset: int) -> Iterator[tuple[int, int]]:
        """Where the comments begin and end that begin in a line, outside of spans of code."""
        done = 0
        spans = _code_spans(line)
        for found in COMMENT.finditer(line):
            begin = found.start()
            while spans and spans[-1][1] <= begin:
                spans.pop()
            in_code = spans and spans[-1][0] < begin
            if begin < done or in_code or line[begin - 1 : begin] == "\\":
                continue
            after = self._end("-->", offset + begin + len("<!--"), self._text)
            if after is None:
                return
            within = line[done:begin].strip() or done
            if within and self._blank_line(offset + begin) < after:
                return  # within a paragraph a comment cannot hold a blank line
            yield offset + begin, after
            done = after - offset

    def _blank_line(self, begin: int) -> int:
        """Where the next blank line begins. Searched once, however many comments precede it."""
        if self._blank < begin:
            found = BLANK_LINE.search(self._text, begin)
            self._blank = found.start() if found else len(self._text)
        return self._blank

    def _end(self, mark: str, begin: int, text: str) -> int | None:
        """The offset behind the next `mark`; None if there is none."""
        found = self._next.get(mark)
        if found is None or 0 <= found < begin:
            found = self._next[mark] = text.find(mark, begin)
        return None if found < 0 else found + len(mark)


def _code_spans(line: str) -> list[tuple[int, int]]:
    """Where spans of code begin and end, the last one first."""
    runs = [found.span() for found in BACKTICKS.finditer(line)]
    closing: dict[int, list[int]] = {}  # by the length of the run: the ends, the last one first
    for begin, end in reversed(runs):
        closing.setdefault(end - begin, []).append(end)
    spans: list[tuple[int, int]] = []
    done = 0
    for begin, end in runs:
        ends = closing[end - begin]
        while ends and ends[-1] <= end:
            ends.pop()
        if begin >= done and ends:
            done = ends[-1]
            spans.append((begin, done))
    return spans[::-1]
