"""Headings and tables are found as CommonMark and GitHub define them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from handler.documents.markdown.blocks import scan
from handler.limits import MAX_HEADINGS


def found(text: str) -> list[tuple[int, str]]:
    return [(heading.level, heading.text) for heading in scan(text)[0]]


@pytest.mark.parametrize(
    ("text", "headings"),
    [
        ("# a #\n## b\n", [(1, "a"), (2, "b")]),
        ("===\n    no code\n===\n", [(1, "=== no code")]),
        ("***\n    code\n===\n", []),
        ("<div>\n\n    code\n===\n", []),
        ("| a | b |\n|---|---|\n</b>\n# c\n", [(1, "c")]),
        ("two\nlines\n===\n", [(1, "two lines")]),
        ("a\n\nb\n---\nc\n---\n", [(2, "b"), (2, "c")]),
        ("<h1 align=center>My <b>tool</b></h1>\n\n<p>\n# no\n</p>\n", [(1, "My tool")]),
        ("- a\n\nb\n---\n", [(2, "b")]),
        ("# Head {#id .cls}\n## a {-}\n", [(1, "Head"), (2, "a")]),
        ('b {#b key="v w"}\n---\n', [(2, "b")]),
        ("# f{x} {y}\n# {#id}\n", [(1, "f{x} {y}"), (1, "{#id}")]),
        ("$$\nopen\n\n# a\n\ncosts $$\n# b\n", [(1, "a"), (1, "b")]),
        ("$$x$$\n# a\n", [(1, "a")]),
    ],
)
def test_headings_are_found(text: str, headings: list[tuple[int, str]]) -> None:
    assert found(text) == headings


@pytest.mark.parametrize(
    "text",
    [
        "```\n# a\n```\n",
        "~~~~\n# a\n~~~\n# b\n~~~~\n",
        "1. step\n\n   ```sh\n   # comment\n   ```\n",
        "text\n\n    # code\n",
        "<pre>\n# a\n\n# b\n</pre>\n",
        "<div>\n# a\n</div>\n",
        "> # quoted\n",
        "- # in a list\n",
        "- item\n---\n",
        "> quoted\nlazy\n---\n",
        "[a]: b\n===\n",
        "$$\n# a\n$$\n",
        "$$ x\n# a\nb\n===\n y $$\n",
        "\\[\n# a\n\\]\n",
        "#\n## ##\n",
        "#no\n####### no\n\\# no\n",
        "| a | b |\n|---|---|\n| 1 | 2 |\n---\n",
    ],
)
def test_what_is_no_heading_of_the_document_is_none(text: str) -> None:
    assert found(text) == []


def test_tables_are_recorded_with_their_header() -> None:
    text = "Prices\n\n| a | b |\n|---|:-:|\n| 1 | 2 |\n| 3 | |\n\nx | y\n-- | --\n5 | 6\n# End\n"
    tables = scan(text)[1]
    assert [text[table.start : table.end] for table in tables] == [
        "| a | b |\n|---|:-:|\n| 1 | 2 |\n| 3 | |",
        "x | y\n-- | --\n5 | 6",
    ]
    assert [table.header for table in tables] == ["| a | b |", "x | y"]
    assert scan("a | b\n- | - | -\n")[1] == []
    assert scan("```\na | b\n- | -\n```\n")[1] == []


LINES = st.lists(
    st.sampled_from(
        [
            "# a",
            "## b ##",
            "text",
            "",
            "===",
            "---",
            "- item",
            "  more",
            "    code",
            "> quote",
            "***",
        ]
        + ["```", "~~~", "| a | b |", "|---|---|", "<div>", "<pre>", "</pre>", "1. one", "[a]: b"]
    ),
    max_size=8,
)


# Parsers differ in whether these go on with the paragraph that the definition began.
DISPUTED = {("[a]: b", "    code"), ("[a]: b", "</pre>"), ("[a]: b", "===")}


@given(LINES)
def test_headings_outside_of_containers_are_those_of_a_parser(lines: list[str]) -> None:
    text = "\n".join(lines)
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    # A parser opens and closes lists in ways that a reader of lines need not follow.
    if any(token.type in ("list_item_open", "blockquote_open") for token in tokens):
        return
    if DISPUTED & {*pairwise(lines)}:
        return
    expected = [
        (int(token.tag[1]), " ".join(tokens[at + 1].content.split()))
        for at, token in enumerate(tokens)
        if token.type == "heading_open"
    ]
    if not any("|" in text for _, text in expected):  # ours are rows of a table
        assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    ["#" * 200_000, "- " * 100_000, "| " * 100_000, "|-" * 100_000, "> " * 100_000, "<a " * 60_000],
)
def test_hostile_lines_are_read(text: str) -> None:
    assert scan(text) == ([], [])


def test_more_headings_than_the_limit_end_the_search() -> None:
    assert len(scan("# a\n" * 2_000_000)[0]) == MAX_HEADINGS + 1
    assert scan("#\n" * 200_000)[0] == []
