"""Comments, scripts and styles are left out; in code they stay."""

from __future__ import annotations

import pytest

from handler.documents.markdown.hidden import without_hidden
from tests.handler.documents.samples import read


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        ("# T <!-- omit in toc -->\nx", "# T \nx"),
        ("<!--\n# a\n\n# b\n-->\nc", "\nc"),
        ("a <!-- b\nc --> d <!-- e --> f", "a  d  f"),
        ("<script>\n# a\n</script>\nb", "\nb"),
        ("<style media=x>\n# a\n\n</STYLE>\nb", "\nb"),
        ("`<!-- x -->` <!-- y --> ``<!-- ` -->`` z", "`<!-- x -->`  ``<!-- ` -->`` z"),
        ("`<!-- x --> <!-- y -->", "` "),
        (
            "- a\n\n  ```\n  <!-- x -->\n  ```\n- <!-- y -->b",
            "- a\n\n  ```\n  <!-- x -->\n  ```\n- b",
        ),
    ],
)
def test_what_readers_do_not_see_is_left_out(content: str, shown: str) -> None:
    assert without_hidden(content) == shown


@pytest.mark.parametrize(
    "content",
    [
        "```\n<!-- x -->\n```\n",
        "~~~html\n<script>\n</script>\n~~~\n",
        "text\n\n    <!-- code -->\n",
        "a <!-- b\n\nc --> d",
        "<!-- never closed\n# One",
        "\\<!-- x -->",
        "a < b and <b>bold</b>",
    ],
)
def test_what_is_text_stays(content: str) -> None:
    assert without_hidden(content) == content


def test_headings_in_comments_are_none() -> None:
    document = read(
        "<!--\n# Draft\n-->\n# One <!-- x -->\n\n<pre>\n# not\n</pre>\n\n## Two\n", "a.md"
    )
    assert document.text == "\n# One \n\n<pre>\n# not\n</pre>\n\n## Two\n"
    assert [heading.text for heading in document.headings] == ["One", "Two"]
    assert [document.text[heading.offset] for heading in document.headings] == ["#", "#"]


@pytest.mark.parametrize(
    "content",
    [
        "<!-- " * 20_000,
        "`<!-- ` " * 20_000,
        "<!-- a -->" * 20_000,
        "a <!-- \n\n" * 20_000 + "-->",
        "<script>\n" * 20_000,
        "`" * 100_000 + " <!--",
    ],
)
def test_hostile_texts_are_read(content: str) -> None:
    assert len(without_hidden(content)) <= len(content)


def test_lines_behind_the_last_comment_take_no_time() -> None:
    text = f"a<!-- b -->c\n{'<!-- d ' * 1_000_000}"
    assert without_hidden(text) == f"ac\n{'<!-- d ' * 1_000_000}"
