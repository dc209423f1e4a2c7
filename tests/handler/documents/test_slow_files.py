"""Files of very many small parts are refused before time is spent on them, or read in time."""

from __future__ import annotations

import time

import pytest

from handler.limits import (
    MAX_FEED_ENTRIES,
    MAX_HTML_TAGS,
    MAX_MARKDOWN_COMMENTS,
    MAX_NOTEBOOK_PARTS,
    MAX_RTF_WORDS,
)
from tests.handler.documents.samples import read, rejected
from tests.handler.documents.xlsx.samples import xlsx
from tests.handler.documents.zips import epub

XHTML = '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body>%s</body></html>'
CELL = '{"cell_type":"raw","source":""},'
NOTEBOOK = '{"nbformat":4,"cells":[%s{"cell_type":"raw","source":"x"}]}'


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (
            "<br>" * (MAX_HTML_TAGS + 1),
            "a.html",
            "The HTML has 2,000,001 tags; the limit of one document is 2,000,000.",
        ),
        (
            XHTML % ("<b/>" * MAX_HTML_TAGS),
            "a.xhtml",
            "The HTML has 2,000,005 tags; the limit of one document is 2,000,000.",
        ),
        (
            "<!---->" * (MAX_MARKDOWN_COMMENTS + 1),
            "a.md",
            "The Markdown file has 200,001 comments; the limit of one document is 200,000.",
        ),
        (
            NOTEBOOK % (CELL * MAX_NOTEBOOK_PARTS),
            "a.ipynb",
            "The notebook has 100,001 cells and outputs; the limit of one document is 100,000.",
        ),
        (
            f"<rss><channel>{'<item/>' * (MAX_FEED_ENTRIES + 1)}</channel></rss>",
            "a.rss",
            "The feed has 50,001 entries; the limit of one document is 50,000.",
        ),
        (
            r"{\rtf1" + r"\b" * MAX_RTF_WORDS + "}",
            "a.rtf",
            "The Rich Text file has 2,000,002 control words and groups; the limit of one document "
            "is 2,000,000.",
        ),
    ],
    ids=["html", "xhtml", "markdown", "notebook", "feed", "rtf"],
)
def test_too_many_small_parts_are_refused_at_once(content: str, name: str, reason: str) -> None:
    began = time.process_time()
    assert rejected(content, name) == f"invalid_file: {reason} Split it into several files."
    assert time.process_time() - began < 2


def test_the_tags_of_all_chapters_of_a_book_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handler.documents.epub.MAX_HTML_TAGS", 3_000)
    chapter = "<p>text</p>" + "<b/>" * 900
    assert read(epub({"one": chapter, "two": chapter})).format == "epub"
    assert rejected(epub({"one": chapter, "two": chapter, "three": chapter, "four": chapter})) == (
        "invalid_file: The EPUB book has at least 3,640 tags; the limit of one document is 3,000. "
        "Split it into several files."
    )


def test_the_elements_of_a_sheet_are_counted() -> None:
    book = xlsx(one="<row><c><v>1</v></c></row>" * 1_500_000)
    began = time.process_time()
    assert rejected(book) == (
        "invalid_file: A part of the Excel file has 9,000,002 XML tags; the limit of one document "
        "is 7,000,000. Split it into several files."
    )
    assert time.process_time() - began < 2


def test_a_line_of_spaces_takes_no_longer_than_another() -> None:
    """It took minutes: a pattern looked for the line's first letter from each of them."""
    began = time.process_time()
    assert rejected(" " * 1_000_000, "a.txt") == "invalid_file: The file has no text."
    assert read('{"a": 1}\n' + " " * 1_000_000 + '\n{"a": 2}\n', "a.txt").format == "jsonl"
    assert time.process_time() - began < 2
