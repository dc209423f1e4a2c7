"""The visible text of a page becomes Markdown."""

from __future__ import annotations

import pytest

from handler.documents.document import Heading
from tests.handler.documents.html.samples import page, text
from tests.handler.documents.samples import read, rejected


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


def test_what_is_embedded_and_not_read_is_counted_in_a_warning() -> None:
    frames = "<iframe src=a.html></iframe><iframe src=b.html></iframe><video src=c.mp4></video>"
    assert page(f"<p>x</p>{frames}<canvas></canvas>").warnings == (
        "The page embeds 2 frames, 1 video and 1 canvas, which were not read.",
    )
    assert page("<p>x</p><object data=a.pdf></object>").warnings == (
        "The page embeds 1 object, which was not read.",
    )


@pytest.mark.parametrize(
    "unseen",
    [
        "<img src=x alt=''>", "<iframe src=a width=1 height=1></iframe>", "<iframe></iframe>",
        "<iframe src=about:blank></iframe>", "<iframe src=a hidden></iframe>", "<svg></svg>",
    ],
)  # fmt: skip
def test_what_shows_nothing_is_no_warning(unseen: str) -> None:
    assert page(f"<p>x</p>{unseen}").warnings == ()


def test_a_page_that_ends_within_a_tag_is_read_with_a_warning() -> None:
    document = page("<p>Begin</p><p>More</p><a href='x")
    assert document.text == "Begin\n\nMore"
    assert document.warnings == ("The page ends within a tag: it may be cut off.",)


def test_text_for_browsers_without_scripts_is_read_where_nothing_else_is() -> None:
    document = page("<div id=app>Loading…</div><noscript><p>Open from nine to five.</p></noscript>")
    assert document.text == "Loading…\n\nOpen from nine to five."
    assert document.warnings == (
        "The page is written by scripts, which are not run: what it says to browsers without "
        "scripts was read.",
    )
    many = "<p>There is much more to read here, as on most pages.</p>"
    assert "Turn" not in text(f"<noscript>Turn scripts on.</noscript>{many}")


def test_the_title_is_kept_beside_the_text() -> None:
    document = read("<html><head><title> A \n page</title></head><body><h1>A page</h1>x</body>")
    assert (document.title, document.text) == ("A page", "# A page\n\nx")
    assert read("<html><body>x").title is None


def test_frames_of_a_frameset_are_told() -> None:
    html = "<html><head><title>Manual</title></head><frameset><frame src=a.html><frame src=b.html>"
    document = read(html)
    assert document.text == "# Manual"
    assert document.warnings == ("The page embeds 2 frames, which were not read.",)
    alternative = "<noframes><p>Read the chapters one by one.</p></noframes>"
    assert "chapters one by one" in read(f"{html}{alternative}</frameset></html>").text


def test_soft_hyphens_and_places_to_break_are_not_in_words() -> None:
    assert text("<p>Biblio&shy;thek, long<wbr>word, a\u200bb, caf&eacute;, a&nbsp;b") == (
        "Bibliothek, longword, ab, café, a\u00a0b"
    )


def test_pictures_in_the_page_itself_are_not_text() -> None:
    uri = "data:image/png;base64,AAAA"
    assert text(f"<p>a <img src='{uri}' alt='plan'> <img alt='{uri}'><a href='{uri}'>b</a>") == (
        "a plan b"
    )


def test_a_page_that_hides_most_of_its_text_is_read_with_a_warning() -> None:
    document = page(f"<div aria-hidden=true>{'Hidden words. ' * 9}</div><p>Shown.")
    assert document.text == "Shown."
    assert document.warnings == (
        "Most of the page's text is hidden by its attributes, and was not read.",
    )
    assert page("<p hidden>Menu</p><p>Shown.").warnings == ()


def test_the_text_for_browsers_without_frames_is_not_said_to_be_a_script_s() -> None:
    frames = "<frameset><frame src=a.html><noframes><p>Our catalogue.</noframes></frameset>"
    document = read(f"<html>{frames}</html>".encode(), "a.html")
    assert document.text == "Our catalogue."
    assert document.warnings == (
        "The page shows other pages in frames: what it says to browsers without frames was read.",
        "The page embeds 1 frame, which was not read.",
    )
