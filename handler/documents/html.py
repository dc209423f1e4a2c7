"""HTML: what a reader of the page sees, as Markdown. Does not run scripts or read style sheets."""

from __future__ import annotations

import re
from collections import Counter

from selectolax.lexbor import LexborHTMLParser, LexborNode

from handler.documents.document import Document
from handler.documents.writer import Writer
from handler.errors import DocumentRejected
from handler.limits import MAX_HTML_DEPTH

# Not shown, not text, or the way around the site rather than the page.
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
LINES = {"br", "caption", "dd", "dt", "li", "tr"}  # each on a line of its own
CELLS = {"td", "th"}
LISTS = {"ol", "ul", "menu", "dir"}
INVISIBLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
BACKTICKS = re.compile("`{3,}")
MAX_INDENT = 8  # levels of lists
SPACES = re.compile(r"[ \t\n\f\r]+")  # what HTML takes for one space; others are kept
# A table with one of these in it, or another table, is part of a page's layout, not of a table.
LAYOUT = "h1, h2, h3, h4, h5, h6, ul, ol, pre, article, section"

MAX_TABLES = 4  # within each other; data is not nested deeper, and looking takes time

# Comments, and what is not HTML in it, are passed over as a whole.
TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|textarea|title|svg|math)\b.*?(?:</\1|\Z)"
    r"|<(/?)([a-z][a-z0-9-]*)",
    re.IGNORECASE | re.DOTALL,
)
# They have no end, or one that may be left out; neither nests.
NOT_NESTED = set(
    "a area base body br button col colgroup dd dt embed head hr html img input li link meta "
    "option optgroup p param rb rp rt rtc source tbody td tfoot th thead tr track wbr".split()
)


def extract_html(text: str) -> Document:
    """The document of a page. Raises DocumentRejected if it is nested too deeply."""
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
    """Refuse what would take the parser minutes, judged by the tags alone."""
    depth, opened = 0, Counter[str]()
    for tag in TAG.finditer(text):
        name = (tag[3] or "").lower()
        if name and name not in NOT_NESTED and (not tag[2] or opened[name]):
            step = -1 if tag[2] else 1
            opened[name] += step
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
    """Whether it is a table of data, and not of the page's layout."""
    return not table.css_first(LAYOUT) and len(table.css("table")) == 1


class _Reader:
    """Walks a page once, without recursion, and writes what it meets."""

    def __init__(self) -> None:
        self.writer = Writer("html", is_markdown=True)
        self._path: list[LexborNode] = []  # what we are in, from the outside
        # In a heading or <pre>: its text, and how long the path to it is.
        self._gathered: list[str] | None = None
        self._gathering = 0
        self._tables: list[bool] = []  # of those that we are in, whether each holds data
        self._lists: list[int] = []  # of those that we are in, the next number, or 0 for none

    def title(self, title: str, first: LexborNode | None) -> None:
        """The page's title, as a heading, unless the `first` heading says the same."""
        title = " ".join(title.split())
        if not first or " ".join(first.text().split()) != title:
            self.writer.heading(1, title)

    def read(self, root: LexborNode) -> None:
        """Read what is below `root`."""
        path = self._path = [root]
        node = root.first_child
        while path:
            if node is None:  # the last child of path[-1] is behind us
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
        if self._gathered is not None:
            self._gathered.append(text)
            return
        words = SPACES.sub(" ", text)
        if words.startswith(" ") or words.isspace():  # &nbsp; alone is no text either
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
        if (tag in HEADINGS or tag == "pre") and self._gathered is None:
            self._gathered, self._gathering = [], len(self._path)
        elif tag == "table":
            self._tables.append(len(self._tables) < MAX_TABLES and _is_data(node))
        elif tag in LISTS:
            self._lists.append(1 if tag == "ol" else 0)
        elif tag == "li":
            self._item()

    def _leave(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if self._gathered is not None and self._gathering == len(self._path):
            text, self._gathered = "".join(self._gathered), None
            if tag == "pre":
                self._code(text)
            else:
                self.writer.heading(HEADINGS[tag], text)
        elif tag == "table":
            self._tables.pop()
        elif tag in LISTS:
            self._lists.pop()
        elif tag == "li":
            self.writer.prefix("")
        self._separate(tag)

    def _code(self, text: str) -> None:
        """Write the text of a <pre> as it is, in a fence that does not occur in it."""
        text = text.strip("\r\n")
        if text.strip():
            fence = max([*BACKTICKS.findall(text), "``"], key=len) + "`"
            self.writer.separate("\n\n")
            self.writer.write(f"{fence}\n{text}\n{fence}")

    def _item(self) -> None:
        number = self._lists[-1] if self._lists else 0
        if number:
            self._lists[-1] += 1
        indent = "  " * min(len(self._lists) - 1, MAX_INDENT)
        self.writer.prefix(f"{indent}{f'{number}.' if number else '-'} ")

    def _separate(self, tag: str) -> None:
        """What an element has before and after it."""
        if self._gathered is not None:
            if tag in BLOCKS or tag in LINES or tag in CELLS:
                self._gathered.append("\n")
            return
        in_table = bool(self._tables) and self._tables[-1]
        if tag in CELLS:
            self.writer.separate(" | " if in_table else "\n")
        elif tag == "tr" or (tag in LINES and not in_table):
            self.writer.separate("\n")
        elif tag in LINES or (tag in BLOCKS and in_table and tag != "table"):
            self.writer.separate(" ")
        elif tag in LISTS and self._lists:
            self.writer.separate("\n")
        elif tag in BLOCKS:
            self.writer.separate("\n\n")
