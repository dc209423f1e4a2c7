"""The visible text of a page becomes Markdown."""

from __future__ import annotations

import pytest

from handler.documents.document import Heading
from tests.handler.documents.samples import read, rejected


def text(body: str) -> str:
    return read(f"<!doctype html><html><body>{body}</body></html>").text


def test_a_page_becomes_its_visible_text() -> None:
    page = """<!doctype html><html><head><title>A  page</title><style>p {}</style></head><body>
    <nav>Home | About</nav><script>if (a < b) alert("x")</script><!-- note -->
    <h1>The <em>main</em>\n heading</h1><p>One <b>two</b>three<br>four &amp; five.</p>
    <template>t</template><p hidden>no</p><div style="display:none">no</div>
    <span aria-hidden="true">no</span><noscript>Turn on JavaScript</noscript>
    <h2></h2><h3>Sub</h3>Tail <img src="x" alt="with a cat"> here.</body></html>"""
    document = read(page)
    assert document.text == (
        "# A page\n\n# The main heading\n\nOne twothree\nfour & five.\n\n### Sub\n\n"
        "Tail with a cat here."
    )
    assert document.is_markdown
    assert document.format == "html"
    assert document.headings == (
        Heading(0, 1, "A page"),
        Heading(10, 1, "The main heading"),
        Heading(57, 3, "Sub"),
    )
    assert document.text.startswith("### Sub", 57)


def test_a_title_repeated_by_the_first_heading_is_written_once() -> None:
    page = "<html><head><title>Same </title></head><body><h1>Same</h1><p>x</p></body></html>"
    assert read(page).text == "# Same\n\nx"


def test_list_items_are_indented_and_numbered() -> None:
    html = "<p>x</p><ul><li>a<ul><li>b</li><li></li></ul><li>c</ul><ol><li>d</li><li>e</ol>y"
    assert text(html) == "x\n\n- a\n  - b\n- c\n\n1. d\n2. e\n\ny"
    assert text("<dl><dt>Term</dt><dd>what it means</dd></dl>") == "Term\nwhat it means"


def test_a_table_is_read_row_by_row() -> None:
    html = (
        "<table><caption>Prices</caption><thead><tr><th>What</th><th>How much</th></tr></thead>"
        "<tr><td><p>Tea</p></td><td>3<br>€</td></tr><tr><td>Cake<td>4 €</table>after"
    )
    assert text(html) == "Prices\n\nWhat | How much\nTea | 3 €\nCake | 4 €\n\nafter"


def test_a_layout_table_is_not_read_as_a_table() -> None:
    html = "<table><tr><td><h1>Left</h1><p>a</p><td><table><tr><td>b<td>c</table></table>"
    assert text(html) == "# Left\n\na\n\nb | c"


def test_code_is_kept_unchanged() -> None:
    html = "<p>So:</p><pre>\ndef f():\n    # not a heading\n    return 1\n</pre><p>Yes.</p>"
    expected = "So:\n\n```\ndef f():\n    # not a heading\n    return 1\n```\n\nYes."
    assert text(html) == expected
    assert text("<pre>a ``` b</pre>") == "````\na ``` b\n````"


def test_long_headings_are_shortened_in_the_marks_only() -> None:
    document = read(f"<html><h1>{'word ' * 100}</h1>x</html>")
    [heading] = document.headings
    assert (heading.offset, len(heading.text), heading.text[-1]) == (0, 200, "…")
    assert document.text == "# " + ("word " * 100).strip() + "\n\nx"


def test_broken_markup_is_read_as_browsers_read_it() -> None:
    assert text("<p>a<p>b</div></p><b>c<i>d</b>e</i>&nbsp;&lt;&#0;&#x110000;") == (
        "a\n\nb\n\ncde\u00a0<\ufffd\ufffd"
    )
    assert text("<p>&nbsp;</p><p>a</p><p>&nbsp;</p><p>b</p>") == "a\n\nb"


def test_a_page_without_text_is_refused() -> None:
    page = "<html><body><script>run()</script><div> <p></p></div><pre> </pre></body></html>"
    assert rejected(page) == "invalid_file: The file has no text."


@pytest.mark.parametrize("nest", ["<div>", "<b>", "<p><span>", "<div></x>", "<DIV a='>'>"])
def test_html_that_is_nested_too_deeply_is_refused(nest: str) -> None:
    assert rejected(nest * 100_000 + "x", "a.html") == (
        "invalid_file: The HTML is nested deeper than 5,000 elements, the limit; are their end "
        "tags missing?"
    )


@pytest.mark.parametrize(
    "flat",
    [
        "<p>", "<li>", "<tr><td>", "<br>", "<div></div>", "<a href=x>", "<!-- <div> -->",
        "<script>if (a<b) f()</script>", "<svg><path d=x /></svg>",
    ],
)  # fmt: skip
def test_long_html_is_not_taken_for_deep(flat: str) -> None:
    assert text(f"<table>{flat * 6_000}</table>x").endswith("x")


def test_deep_html_within_the_limit_is_read() -> None:
    assert text("<div>" * 4_990 + "x") == "x"
