"""The text of a document, and what is known about its parts. Knows no file and no format."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

AttributeValue = str | int | float | bool


@dataclass(frozen=True)
class Heading:
    """A heading in a document's text."""

    offset: int  # where it begins, with its # marks
    level: int  # 1 is the highest
    text: str


@dataclass(frozen=True)
class Table:
    """A table in a document's text: a line for each row."""

    start: int  # offset of its first row
    end: int  # offset after its last row
    header: str  # the row that names its columns, as in the text; "" if there is none


@dataclass(frozen=True)
class Document:
    """The text of a document in any format. Offsets count characters of `text`."""

    text: str
    format: str  # "pdf" …
    is_markdown: bool = False  # headings are marked with #
    pages: tuple[int, ...] = ()  # offset of each page; empty if the format has none
    headings: tuple[Heading, ...] = ()  # in order
    tables: tuple[Table, ...] = ()  # in order
    title: str | None = None  # as the file says it, beside or in its text
    charset: str | None = None  # that the bytes were decoded with; None if the format has its own
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)  # that the file states
    warnings: tuple[str, ...] = ()  # what was not read, guessed or replaced; a sentence each

    def page(self, offset: int) -> int | None:
        """The number of the page at `offset`, from 1; None in a format without pages."""
        return bisect_right(self.pages, offset) or None

    def heading_path(self, offset: int) -> tuple[Heading, ...]:
        """The headings that `offset` is below, the highest level first.

        A heading that begins at `offset` is the last of them.
        """
        path: list[Heading] = []
        count = bisect_right(self.headings, offset, key=lambda heading: heading.offset)
        for heading in reversed(self.headings[max(0, count - MAX_LOOK_BACK) : count]):
            if not path or heading.level < path[-1].level:
                path.append(heading)
            if heading.level == 1:
                break
        return tuple(reversed(path))

    def section(self, offset: int) -> str | None:
        """Where `offset` is: the document's title and the headings above, joined by " > "."""
        names = [heading.text for heading in self.heading_path(offset)]
        if self.title and self.title not in names[:1]:
            names.insert(0, self.title)
        return " > ".join(names) or None

    def table(self, offset: int) -> Table | None:
        """The table at `offset`, if there is one."""
        count = bisect_right(self.tables, offset, key=lambda table: table.start)
        table = self.tables[count - 1] if count else None
        return table if table and offset < table.end else None

    def with_warning(self, warning: str) -> Self:
        """The document with one more warning, the first of them."""
        return replace(self, warnings=(warning, *self.warnings))

    def to_fields(self) -> dict[str, Any]:
        """Everything but the text, by field, as orjson writes it."""
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name != "text"}

    @classmethod
    def from_fields(cls, text: str, described: Mapping[str, Any]) -> Self:
        """The document that `to_fields` described."""
        values = dict(described)
        values["headings"] = tuple(Heading(**heading) for heading in values["headings"])
        values["tables"] = tuple(Table(**table) for table in values["tables"])
        values["pages"] = tuple(values["pages"])
        values["warnings"] = tuple(values["warnings"])
        return cls(text, **values)


# Headings that are looked at for a path: a document can hold 100,000 of one level.
MAX_LOOK_BACK = 1_000
