"""Tells lines of code from others: fenced blocks, and blocks that are indented."""

from __future__ import annotations

import re

# spec.commonmark.org/0.31.2/#fenced-code-blocks. In a list a fence is indented with its item.
FENCE = re.compile(r"(?P<indent>[ \t]*)(?:>[ \t]?)*(?P<fence>`{3,}|~{3,})(?P<info>.*)")
LIST_ITEM = re.compile(r" {0,3}(?:[-+*]|\d{1,9}[.)])(?:[ \t]+|$)")
HEADING_OR_BREAK = re.compile(r" {0,3}(?:#{1,6}(?:\s|$)|([-*_])[ \t]*(?:\1[ \t]*){2,}$)")
UNDERLINE = re.compile(r" {0,3}(?:=+|-+)[ \t]*$")  # of a paragraph; without one, it is text
INDENTED = ("    ", "\t", " \t", "  \t", "   \t")


class Fences:
    """Follows the lines of a text from the first on."""

    def __init__(self) -> None:
        self._fence = ""  # that opened the current block
        self._indent = 0  # of the fence
        self._in_list = False
        self._in_paragraph = False

    def is_code(self, line: str) -> bool:
        """Whether the next line is code, or a fence. line: without its line end."""
        if self._fence:
            return self._inside(line)
        if not line or line.isspace():
            self._in_paragraph = False
            return False
        indented = line.startswith(INDENTED)
        if LIST_ITEM.match(line):
            self._in_list = True
        elif not line.startswith((" ", "\t")):
            self._in_list = self._in_list and self._in_paragraph
        fenced = FENCE.fullmatch(line.rstrip()) if "```" in line or "~~~" in line else None
        if fenced and (self._in_list or not indented) and "`" not in _info(fenced):
            self._fence, self._indent = fenced["fence"], len(fenced["indent"])
            self._in_paragraph = False
            return True
        code = indented and not self._in_list and not self._in_paragraph
        ends = HEADING_OR_BREAK.match(line) or (self._in_paragraph and UNDERLINE.match(line))
        self._in_paragraph = not code and not ends
        return code

    def end_paragraph(self) -> None:
        """To be called after lines that were not given to `is_code`: HTML, for example."""
        self._in_paragraph = False

    def _inside(self, line: str) -> bool:
        found = FENCE.fullmatch(line.rstrip()) if self._fence in line else None
        closes = found and found["fence"].startswith(self._fence) and not found["info"].strip()
        indent = len(line) - len(line.lstrip())
        if closes:
            self._fence = ""
        elif self._in_list and line.strip() and not indent and self._indent:
            self._fence, self._in_list = "", False  # the list ended, and the block with it
            return self.is_code(line)
        return True


def _info(fenced: re.Match[str]) -> str:
    return fenced["info"] if fenced["fence"].startswith("`") else ""
