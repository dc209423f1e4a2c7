"""Refuses a page that would take the parser minutes or gigabytes, by looking at its tags.

Follows the tokenizer of the HTML standard (section 13.2.5) closely enough to count what a parser
would see. Parses nothing.
"""

from __future__ import annotations

import re
from collections import Counter

from handler.documents.html.tags import BLOCKS, CELLS, FOREIGN, FORMATTING, LINES, NOT_NESTED, RAW
from handler.documents.work_limit import check_count
from handler.errors import DocumentRejected
from handler.limits import (
    MAX_HTML_ATTRIBUTES,
    MAX_HTML_DEPTH,
    MAX_HTML_OPTIONS,
    MAX_HTML_REOPENED,
    MAX_HTML_TAGS,
)

ATTRIBUTE = (
    r"[^\s/>][^\s/>=]*+"
    r"(?:\s*+=\s*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^\s>\"'][^\s>]*+|(?=>)|\Z))?"
)
# A comment, a tag with its attributes, or a declaration. Each alternative ends at the end of the
# text at the latest, so that no part of the text is searched twice.
TAG = re.compile(
    r"<(?:!--(?:-?>|.*?(?:--!?>|\Z))"
    rf"|(?P<end>/?)(?P<name>[a-zA-Z][^\s/>]*+)(?P<attributes>(?:[\s/]++|{ATTRIBUTE})*+)"
    r"(?:>|(?P<cut>\Z))"
    r"|[!?/][^>]*+(?:>|\Z))",
    re.DOTALL,
)
EACH_ATTRIBUTE = re.compile(ATTRIBUTE)
RAW_END = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in RAW}
NORMAL_FORMATTING = 3  # elements around a block, such as font and b, as old pages have them
OPENS_AGAIN = BLOCKS | LINES | CELLS


def check(text: str) -> bool:
    """Whether the page ends within a tag, as a truncated one may.

    Raises DocumentRejected if its tags are nested too deeply, or have or repeat too much.
    """
    check_tags(text)
    counts = _Counts()
    position, is_cut = 0, False
    while tag := TAG.search(text, position):
        position = tag.end()
        name = (tag["name"] or "").lower()
        if not name:
            continue
        is_cut = tag["cut"] is not None
        if tag["end"]:
            counts.end(name)
            continue
        attributes = tag["attributes"]
        counts.attributes(name, attributes)
        counts.start(name, is_closed=attributes.endswith("/"))
        if name in RAW_END and not counts.is_foreign:
            end = RAW_END[name].search(text, position)
            position = end.start() if end else len(text)
    return is_cut


def check_tags(text: str) -> None:
    """Raises DocumentRejected if the page has too many tags."""
    check_count(text.count("<"), MAX_HTML_TAGS, "The HTML has {} tags")


class _Counts:
    """The open elements of a page, and what they cost."""

    def __init__(self) -> None:
        self._open = Counter[str]()
        self._depth = self._formatting = self._reopened = 0
        self._root_attributes = self._options = 0

    @property
    def is_foreign(self) -> bool:
        return any(self._open[name] > 0 for name in FOREIGN)

    def start(self, name: str, *, is_closed: bool) -> None:
        if name == "option" and self._open["select"]:
            self._count_option()
        if name in OPENS_AGAIN:
            self._reopened += max(0, self._formatting - NORMAL_FORMATTING)
        if name in NOT_NESTED or (is_closed and (name in FOREIGN or self.is_foreign)):
            return
        self._open[name] += 1
        self._depth += 1
        self._formatting += name in FORMATTING
        if self._depth > MAX_HTML_DEPTH:
            raise DocumentRejected(
                "invalid_file",
                f"The HTML is nested deeper than {MAX_HTML_DEPTH:,} elements, the limit; "
                "are their end tags missing?",
            )
        if self._reopened > MAX_HTML_REOPENED:
            raise DocumentRejected(
                "invalid_file",
                f"The HTML opens {self._formatting:,} elements such as <b> or <font> and does not "
                "close them, so that every paragraph repeats them; close them.",
            )

    def end(self, name: str) -> None:
        if name not in NOT_NESTED and self._open[name]:
            self._open[name] -= 1
            self._depth -= 1
            self._formatting -= name in FORMATTING

    def _count_option(self) -> None:
        self._options += 1
        if self._options > MAX_HTML_OPTIONS:
            raise DocumentRejected(
                "invalid_file",
                f"The HTML has more than {MAX_HTML_OPTIONS:,} options to choose from (<select>), "
                "the limit of one document; split it into several files.",
            )

    def attributes(self, name: str, text: str) -> None:
        if name in ("html", "body"):  # all of a page's are merged into one
            count = self._root_attributes + len(EACH_ATTRIBUTE.findall(text))
            self._root_attributes = count
        elif len(text) <= 2 * MAX_HTML_ATTRIBUTES:  # an attribute and its separator take two
            return
        else:
            count = len(EACH_ATTRIBUTE.findall(text))
        if count > MAX_HTML_ATTRIBUTES:
            raise DocumentRejected(
                "invalid_file",
                f"A tag of the HTML has {count:,} attributes; the limit is "
                f"{MAX_HTML_ATTRIBUTES:,}. Is a quotation mark missing, or the file damaged?",
            )
