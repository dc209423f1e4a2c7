"""A passage as people read it on a terminal: in lines of its width."""

from __future__ import annotations

import re
import textwrap
from itertools import pairwise

from handler.commands.terminal import shown

# What begins with one of these is a line of its own: a table's row, a heading, a quote, an item of
# a list, a fence, an indented line.
MARK = re.compile(r"[|#>\s]|[-*+•]\s|\d+[.)]\s|```|~~~")
SHORTEST_WRAPPED = 50  # characters: shorter lines are no wrapped prose


def wrapped(text: str, width: int) -> str:
    """The text in lines of at most `width` characters.

    Prose whose lines were broken at some width is wrapped anew. All other lines begin where they
    began: those of tables, lists, records and programs.
    """
    lines = [line.expandtabs().rstrip() for line in text.strip().splitlines()]
    longest = max((len(line) for line in lines if not MARK.match(line)), default=0)
    joined = lines[:1]
    for line, following in pairwise(lines):
        if longest >= SHORTEST_WRAPPED and _goes_on(line, following, longest):
            joined[-1] += f" {following}"
        else:
            joined.append(following)
    return "\n".join(_filled(line, width) for line in joined)


def _goes_on(line: str, following: str, longest: int) -> bool:
    """Whether a line was broken only because the next word had no more room in it."""
    if not line or not following or MARK.match(following) or line[0] in "|#":
        return False
    return len(line) + 1 + len(following.split(maxsplit=1)[0]) > longest


def _filled(line: str, width: int) -> str:
    indent = line[: len(line) - len(line.lstrip())][: width // 2]
    return textwrap.fill(shown(line), width, subsequent_indent=indent)
