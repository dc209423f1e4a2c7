"""XHTML is read by its own rules: empty elements and CDATA."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.documents import Document
from handler.documents.html.xhtml import is_xhtml, to_html
from tests.handler.documents.samples import read

XML = '<?xml version="1.0" encoding="UTF-8"?>'
DOCTYPE = '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "xhtml1-strict.dtd">'
HTML = '<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en">'


def xhtml(body: str, head: str = "<title>M</title>", name: str = "a.xhtml") -> Document:
    return read(f"{XML}{HTML}<head>{head}</head><body>{body}</body></html>", name)


@pytest.mark.parametrize("empty", ["script", "style", "iframe", "noscript", "meta", "template"])
def test_an_empty_element_in_the_head_does_not_hide_the_page(empty: str) -> None:
    document = xhtml("<p>Body text.</p>", head=f'<title>Manual</title><{empty} src="a"/>')
    assert document.text == "# Manual\n\nBody text."


@pytest.mark.parametrize(
    "empty", ["title", "textarea", "div", "p", 'a id="x"', "ul", "span", "h2", "pre", "svg", "td"]
)
def test_an_empty_element_in_the_body_holds_nothing(empty: str) -> None:
    assert xhtml(f"<p>a</p><{empty}/><p>b</p>").text == "# M\n\na\n\nb"


def test_an_empty_title_is_none() -> None:
    document = xhtml("<p>Body text.</p>", head="<title/>")
    assert (document.text, document.title) == ("Body text.", None)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p><![CDATA[if a < b]]> then c</p>", "if a < b then c"),
        ("<p><![CDATA[<b>&amp;]]></p>", "<b>&amp;"),
        ("<pre><![CDATA[for (i < n)\n  x]]></pre>", "```\nfor (i < n)\n  x\n```"),
        ("<p>a<br/>b<br></br>c<img alt='d'></img></p>", "a\nb\nc d"),
        ("<p>a&nbsp;b caf&eacute; &#8364; &lt;</p>", "a\u00a0b café € <"),
        ("<p>a<?php echo '<b>' ?>b<!-- <p/> -->c</p>", "abc"),
        ("<script>//<![CDATA[\nif (a<b) f('<!--')\n//]]></script><p>a</p>", "a"),
        ("<script>document.write('<!--')</script><p>a</p>", "a"),
        ("<p title='a>b'>c</p><p title=\"x/>\">d</p>", "c\n\nd"),
    ],
)
def test_what_xml_means_is_read(body: str, expected: str) -> None:
    assert xhtml(body, head="").text == expected


def test_elements_with_a_prefix_are_those_of_their_namespace() -> None:
    page = (
        f'{XML}<h:html xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:title>T</h:title></h:head>'
        "<h:body><h:h2>a</h:h2><h:p>b</h:p></h:body></h:html>"
    )
    assert read(page, "a.xhtml").text == "# T\n\n## a\n\nb"


@pytest.mark.parametrize("begin", [XML, DOCTYPE, f"{XML}\n<!-- x -->{DOCTYPE}\n"])
def test_a_page_says_that_it_is_xhtml(begin: str) -> None:
    assert is_xhtml(f"{begin}{HTML}<head/><body/></html>")
    assert read(f"{begin}{HTML}<head><script src='a'/></head><body>x</body></html>").text == "x"


@pytest.mark.parametrize(
    "page", ["<!doctype html><html><p>x", f"{DOCTYPE}<html><p>x", f"<html><p>{HTML}", "<p/>"]
)
def test_other_pages_are_html(page: str) -> None:
    assert not is_xhtml(page)


def test_xhtml_that_is_not_well_formed_is_read() -> None:
    assert xhtml("<p>a<br>b<p>c & d</b><ul><li>e</ul>", head="").text == "a\nb\n\nc & d\n\n- e"
    assert xhtml("<p>a<![CDATA[b", head="").text.startswith("ab")


def test_xhtml_that_ends_within_a_tag_is_read_with_a_warning() -> None:
    document = read(f"{XML}{HTML}<body><p>a</p><p title='b", "a.xhtml")
    assert document.text == "a"
    assert document.warnings == ("The page ends within a tag: it may be cut off.",)


@given(st.text(alphabet=st.sampled_from("<>/![]-?CDATA\"'= abp"), max_size=60))
def test_any_text_is_rewritten_without_losing_its_words(text: str) -> None:
    assert isinstance(to_html(text), str)
    plain = text.replace("<", "").replace("&", "")
    assert to_html(plain) == plain


@pytest.mark.parametrize("repeated", ["<a b='", "<![CDATA[", "<!--", "<?x", "<a ", "<script>", "<"])
def test_unclosed_markup_is_rewritten_in_no_time(repeated: str) -> None:
    assert isinstance(to_html(repeated * 50_000), str)
