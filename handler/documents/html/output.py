"""What is written of a page while it is walked, and the elements that are open. Walks nothing."""

from __future__ import annotations

import re
from collections import Counter

from handler.documents.html.flow import CodeFlow, Flow, LineFlow, PageFlow
from handler.documents.html.list_numbers import ListNumbers
from handler.documents.html.table_grid import TableGrid
from handler.documents.html.table_kinds import TableKinds
from handler.documents.html.tags import BLOCKS, CELLS, LINES, LISTS
from handler.documents.writer import Writer

SPACES = re.compile(r"[ \t\n\f\r]+")  # HTML shows these as one space; others are kept
# Where a word may be broken. They are none of the word's characters.
BREAKS = re.compile("[\u00ad\u200b\u2060\ufeff]")
MAX_LINES = 8  # inside each other: a script in a script in a cell


class Output:
    """The text of a page, as far as it was walked."""

    def __init__(self) -> None:
        self.writer = Writer("html", is_markdown=True)
        self._flows: list[Flow] = [PageFlow(self.writer)]  # the innermost last
        self._is_boxed = False
        self.is_invisible = False  # what comes next
        self.length = 0  # characters so far, without the title
        self.lists: list[ListNumbers] = []  # that are open
        self.tables = TableKinds()
        self.grid: TableGrid | None = None  # of the table of data that is open
        self.left_out: set[str] = set()  # "hidden", "navigation", "noscript"
        self.not_read = Counter[str]()  # kinds of what is embedded

    @property
    def flow(self) -> Flow:
        """Where the next text goes."""
        return self._flows[-1]

    @property
    def in_page(self) -> bool:
        """Whether text goes to the document itself: blocks keep their lines."""
        return isinstance(self.flow, PageFlow)

    @property
    def in_code(self) -> bool:
        """Whether text is kept unchanged."""
        return isinstance(self.flow, CodeFlow)

    @property
    def is_deep(self) -> bool:
        """Whether so many lines are open that another one is not begun: each copies its text."""
        return len(self._flows) > MAX_LINES

    def begin_line(self) -> None:
        """Collect what follows as one line, until `end_line` gives it."""
        self._flows.append(LineFlow())

    def end_line(self) -> str:
        """The line that began last."""
        flow = self._flows.pop()
        assert isinstance(flow, LineFlow), "what began as a line ends as one"
        return flow.text

    def begin_code(self) -> None:
        """Collect what follows unchanged, until `end_code` gives it."""
        self._flows.append(CodeFlow())

    def end_code(self) -> str:
        """The code that began last."""
        flow = self._flows.pop()
        assert isinstance(flow, CodeFlow), "what began as code ends as code"
        return flow.text

    def text(self, text: str) -> None:
        """Add text of the page: white space is shown as one space, except in code."""
        flow = self.flow
        if self.is_invisible:
            return
        if isinstance(flow, CodeFlow):
            flow.write(text)
            self.length += len(text.strip())
            return
        words = SPACES.sub(" ", text if text.isascii() else BREAKS.sub("", text))
        if words.startswith(" ") or words.isspace():  # isspace: &nbsp; alone is no text
            flow.separate(" ")
        if words and not words.isspace():
            stripped = words.strip(" ")
            if self._is_boxed and flow.tail[-1:].isalnum() and stripped[0].isalnum():
                flow.separate(" ")
            flow.write(stripped)
            self.length += len(stripped)
            self._is_boxed = False
        if words.endswith(" "):
            flow.separate(" ")

    def box(self) -> None:
        """A box begins or ends here, such as a button: two words do not become one."""
        self._is_boxed = True

    def boxed(self, text: str) -> None:
        """Add text that stands in a box of its own."""
        self.box()
        self.text(text)
        self.box()

    def separate(self, tag: str) -> None:
        """Put the separator that belongs where an element of this tag begins or ends."""
        flow = self.flow
        if tag == "tr" and isinstance(flow, LineFlow):  # a table in a cell
            flow.begin_item("-", indent="", is_first=not flow.text)
        elif tag in CELLS:
            flow.separate("\n" if self.in_page else " | ")
        elif tag in LINES or (tag in LISTS and self.lists):  # a list inside a list
            flow.separate("\n")
        elif tag in BLOCKS:
            flow.separate("\n\n")
