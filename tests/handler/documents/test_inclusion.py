"""A document inside a larger one: its headings and tables are where they were."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from handler.documents import extract
from handler.documents.inclusion import include
from handler.documents.writer import Writer

LINES = st.lists(st.sampled_from(["# A", "## B", "###### C", "text", "", "Set\n==="]), min_size=1)


@given(LINES, st.integers(0, 6))
def test_headings_are_moved_below_another(lines: list[str], below: int) -> None:
    inner = extract("\n\n".join([*lines, "end"]).encode(), name="a.md", content_type=None)
    writer = Writer("eml", is_markdown=True)
    writer.heading(1, "Top")
    include(writer, inner, below=below)
    document = writer.document()
    assert len(document.headings) == len(inner.headings) + 1
    for heading, old in zip(document.headings[1:], inner.headings, strict=True):
        assert heading.level == old.level + below
        line = document.text[heading.offset :].split("\n")[0]
        assert line.lstrip("# ") == old.text
        assert not line.startswith("#") or line.index(" ") == min(heading.level, 6)


def test_tables_and_warnings_come_along() -> None:
    page = "<h1>T</h1><table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>"
    inner = extract(page.encode(), name="a.html", content_type=None)
    writer = Writer("eml", is_markdown=True)
    writer.write("Before")
    include(writer, inner, below=2)
    document = writer.document()
    for table, old in zip(document.tables, inner.tables, strict=True):
        assert document.text[table.start : table.end] == inner.text[old.start : old.end]
