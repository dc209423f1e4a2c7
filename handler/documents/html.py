"""HTML: the visible text of a page, as Markdown. Does not run scripts or read style sheets.

The page is walked once, from start to end. What an element puts before and after its text
depends on the group below that its tag is in; unknown tags (span, b, a …) put nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from handler.documents.document import Document
from handler.documents.writer import Writer
from handler.errors import DocumentRejected
from handler.limits import MAX_HTML_DEPTH

# Hidden, not text, or about the site rather than the page.
SKIPPED = set(
    "audio button canvas datalist dialog embed frame frameset head iframe math meter nav noembed "
    "noframes noscript object progress script select style svg template textarea video".split()
)
HEADINGS = {f"h{level}": level for level in range(1, 7)}
BLOCKS = set(
    "address article aside blockquote body center details dir div dl fieldset figcaption "
    "figure footer form header hgroup hr legend main menu ol p pre search section summary table "
    "ul".split()
)
LINES = {"br", "caption", "dd", "dt", "li", "tr"}  # each begins a new line
CELLS = {"td", "th"}
LISTS = {"ol", "ul", "menu", "dir"}
INVISIBLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
BACKTICKS = re.compile("`{3,}")
MAX_LIST_INDENT = 8  # levels
SPACES = re.compile(r"[ \t\n\f\r]+")  # HTML shows these as one space; others are kept
# A table with one of these, or with another table, serves the page's layout.
LAYOUT = "h1, h2, h3, h4, h5, h6, ul, ol, pre, article, section"

MAX_NESTED_TABLES = 4  # deeper ones hold no data, and checking each takes time

# Matches a tag. Comments, scripts and the like are matched as a whole, so that the tags inside
# are skipped.
TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|textarea|title|svg|math)\b.*?(?:</\1|\Z)"
    r"|<(/?)([a-z][a-z0-9-]*)",
    re.IGNORECASE | re.DOTALL,
)
# Tags without an end, or with an optional one: they do not add to the depth.
NOT_NESTED = set(
    "a area base body br button col colgroup dd dt embed head hr html img input li link meta "
    "option optgroup p param rb rp rt rtc source tbody td tfoot th thead tr track wbr".split()
)


def extract_html(text: str, *, is_xml: bool = False, keep_boilerplate: bool = False) -> Document:
    """The document of a page.

    is_xml: whether it is XHTML. keep_boilerplate: whether to read all of a page whose main content
    is marked. Raises DocumentRejected if its tags are nested too deeply.
    """
    _check_depth(text)
    page = LexborHTMLParser(text)
    body = page.body
    reader = _Reader()
    if title := page.css_first("head > title"):
        reader.title(title.text(), page.css_first("h1"))
    if body:
        reader.read(body)
    return reader.writer.document()


def _check_depth(text: str) -> None:
    """Refuse a page that would take the parser minutes, by counting its tags."""
    depth, open_tags = 0, Counter[str]()
    for tag in TAG.finditer(text):
        is_end, name = bool(tag[2]), (tag[3] or "").lower()
        if not name or name in NOT_NESTED or (is_end and not open_tags[name]):
            continue
        step = -1 if is_end else 1
        open_tags[name] += step
        depth += step
        if depth > MAX_HTML_DEPTH:
            raise DocumentRejected(
                "invalid_file",
                f"The HTML is nested deeper than {MAX_HTML_DEPTH:,} elements, the limit; "
                "are their end tags missing?",
            )


def _is_skipped(node: LexborNode) -> bool:
    if node.tag in SKIPPED:
        return True
    attributes = node.attributes
    return bool(attributes) and (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or bool(INVISIBLE.search(attributes.get("style") or ""))
    )


def _is_data(table: LexborNode) -> bool:
    """Whether a table holds data rather than the page's layout."""
    return not table.css_first(LAYOUT) and len(table.css("table")) == 1


@dataclass
class _Capture:
    """The text of a heading or <pre>, which is written when the element ends."""

    depth: int  # the element's
    parts: list[str] = field(default_factory=list)


class _Reader:
    """Walks a page once, without recursion, and writes its text."""

    def __init__(self) -> None:
        self.writer = Writer("html", is_markdown=True)
        self._path: list[LexborNode] = []  # the open elements, outermost first
        self._capture: _Capture | None = None  # while in a heading or <pre>
        self._tables: list[bool] = []  # for each open table, whether it holds data
        self._lists: list[int] = []  # for each open list, the next number, or 0 for bullets

    def title(self, title: str, first: LexborNode | None) -> None:
        """Write the page's title as a heading, unless the `first` heading repeats it."""
        title = " ".join(title.split())
        if not first or " ".join(first.text().split()) != title:
            self.writer.heading(1, title)

    def read(self, root: LexborNode) -> None:
        """Read what is below `root`."""
        path = self._path = [root]
        node = root.first_child
        while path:
            if node is None:  # path[-1] has no more children
                node = path[-1]
                self._leave(node)
                path.pop()
                node = node.next if path else None
            elif node.tag == "-text":
                self._text(node.text_content or "")
                node = node.next
            elif not node.is_element_node or _is_skipped(node):
                node = node.next
            else:
                path.append(node)
                self._enter(node)
                node = node.first_child

    def _text(self, text: str) -> None:
        if self._capture:
            self._capture.parts.append(text)
            return
        words = SPACES.sub(" ", text)
        if words.startswith(" ") or words.isspace():  # isspace: &nbsp; alone is no text
            self.writer.separate(" ")
        if not words.isspace():
            self.writer.write(words.strip(" "))
        if words.endswith(" "):
            self.writer.separate(" ")

    def _enter(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag in ("img", "area"):
            self._text(f" {node.attributes.get('alt') or ''} ")
        self._separate(tag)
        if (tag in HEADINGS or tag == "pre") and not self._capture:
            self._capture = _Capture(depth=len(self._path))
        elif tag == "table":
            self._tables.append(len(self._tables) < MAX_NESTED_TABLES and _is_data(node))
        elif tag in LISTS:
            self._lists.append(1 if tag == "ol" else 0)
        elif tag == "li":
            self._begin_item()

    def _leave(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if self._capture and self._capture.depth == len(self._path):
            text, self._capture = "".join(self._capture.parts), None
            if tag == "pre":
                self._write_code(text)
            else:
                self.writer.heading(HEADINGS[tag], text)
        elif tag == "table":
            self._tables.pop()
        elif tag in LISTS:
            self._lists.pop()
        elif tag == "li":
            self.writer.prefix("")
        self._separate(tag)

    def _write_code(self, text: str) -> None:
        """Write the text of a <pre> unchanged, in a fence longer than any in it."""
        text = text.strip("\r\n")
        if text.strip():
            fence = max([*BACKTICKS.findall(text), "``"], key=len) + "`"
            self.writer.separate("\n\n")
            self.writer.write(f"{fence}\n{text}\n{fence}")

    def _begin_item(self) -> None:
        number = self._lists[-1] if self._lists else 0
        if number:
            self._lists[-1] += 1
        indent = "  " * min(len(self._lists) - 1, MAX_LIST_INDENT)
        self.writer.prefix(f"{indent}{f'{number}.' if number else '-'} ")

    def _separate(self, tag: str) -> None:
        """Put a separator where an element begins or ends.

        In a table of data, cells share a line, so other elements only put a space.
        """
        if self._capture:
            if tag in BLOCKS or tag in LINES or tag in CELLS:
                self._capture.parts.append("\n")
            return
        in_table = bool(self._tables) and self._tables[-1]
        if tag in CELLS:
            self.writer.separate(" | " if in_table else "\n")
        elif tag == "tr" or (tag in LINES and not in_table):
            self.writer.separate("\n")
        elif tag in LINES or (tag in BLOCKS and in_table and tag != "table"):
            self.writer.separate(" ")
        elif tag in LISTS and self._lists:  # a list inside a list
            self.writer.separate("\n")
        elif tag in BLOCKS:
            self.writer.separate("\n\n")
