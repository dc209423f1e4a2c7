"""Headings end with their line or its underline, and many of them take little time."""

from __future__ import annotations

import re
import time

from hypothesis import given
from hypothesis import strategies as st

from model_layer.chunk_blocks import Outline, find_blocks

LINES = st.lists(
    st.sampled_from(["A title", "# A title", "===", "--- ", "    ===", "=== x", "", " ", "text"]),
    max_size=12,
).map("\n".join)
BLANK_LINE = re.compile(r"\n[ \t]*\n")
UNDERLINE = re.compile(r"\n {0,3}(?:=+|-+)[ \t]*$", re.MULTILINE)


def first_heading_end(text: str, offset: int) -> int:
    """The plain rule: an underline in the heading's paragraph, else the line."""
    if not text.startswith("#", offset):
        blank = BLANK_LINE.search(text, offset)
        underline = UNDERLINE.search(text, offset, blank.start() if blank else len(text))
        if underline:
            return underline.end()
    line_end = text.find("\n", offset)
    return len(text) if line_end < 0 else line_end


@given(text=LINES, take=st.lists(st.booleans(), min_size=12, max_size=12))
def test_a_heading_ends_with_its_line_or_with_the_line_that_underlines_it(
    text: str, take: list[bool]
) -> None:
    begins = [0, *(match.end() for match in re.finditer("\n", text))]
    offsets = [begin for begin, taken in zip(begins, take, strict=False) if taken]
    blocks = find_blocks(text, 0, len(text), Outline([(offset, 1) for offset in offsets]))
    found = [text[block.start : block.end] for block in blocks if block.kind == "heading"]
    expected, position = [], 0
    for offset in offsets:
        if offset >= position:
            position = first_heading_end(text, offset)
            expected.append(text[offset:position].strip())
    assert found == [heading for heading in expected if heading]


def test_many_headings_without_a_blank_line_take_time_in_proportion() -> None:
    text = "a\n" * 200_000
    headings = [(offset, 1) for offset in range(0, len(text), 2)]
    started = time.process_time()
    blocks = list(find_blocks(text, 0, 12_000, Outline(headings)))
    assert time.process_time() - started < 1  # searched anew for each heading, 25 seconds
    assert len(blocks) == 6_000
