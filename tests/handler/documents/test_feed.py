"""RSS and Atom: entries under their titles."""

from __future__ import annotations

from tests.handler.documents.samples import read


def test_items_of_rss_stand_under_their_titles() -> None:
    item = (
        "<item><title>Sale</title><pubDate>Fri, 31 May 2024</pubDate>"
        "<description>&lt;p&gt;Bolts &lt;b&gt;1.20&lt;/b&gt;&lt;/p&gt;</description></item>"
    )
    second = "<item><title>B</title></item>"
    content = f"<rss><channel><title>Shop</title>{item}{second}</channel></rss>"
    document = read(content, "a.rss")
    assert document.text == "# Shop\n\n## Sale\n\nFri, 31 May 2024\n\nBolts 1.20\n\n## B"
    assert (document.format, document.title) == ("feed", "Shop")


def test_entries_of_atom() -> None:
    text = '<content type="xhtml"><div>Hello <b>you</b></div></content>'
    entry = f"<entry><title>A</title><updated>2024-05-31</updated>{text}</entry>"
    content = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title>{entry}</feed>'
    assert read(content, "a.atom").text == "# F\n\n## A\n\n2024-05-31\n\nHello you"


def test_paragraphs_of_xhtml_content_stay_apart() -> None:
    content = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title><entry><title>A</title>'
        '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>one</p><p>two</p></div>'
        "</content></entry></feed>"
    )
    assert read(content, "a.atom").text == "# F\n\n## A\n\none\n\ntwo"


def test_titles_that_are_html_are_read_as_text() -> None:
    item = "<item><title>AT&amp;amp;T &lt;b&gt;grows&lt;/b&gt;</title></item>"
    document = read(f"<rss><channel><title>News</title>{item}</channel></rss>", "a.rss")
    assert document.text == "# News\n\n## AT&T grows"
