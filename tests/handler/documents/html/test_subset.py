"""The part of a document type in square brackets is no content; its simple entities are."""

from __future__ import annotations

import time

import pytest

from handler.documents import extract
from handler.errors import DocumentRejected

SPACE = ' xmlns="http://www.w3.org/1999/xhtml"'


def read(subset: str, body: str, *, before: str = "", name: str = "a.xhtml") -> str:
    """The text of a page with this part."""
    html = f"{before}<!DOCTYPE html [{subset}]>\n<html{SPACE}><body>{body}</body></html>"
    return extract(html.encode(), name=name, content_type=None).text


@pytest.mark.parametrize("before", ["", '<?xml version="1.0"?>\n', "<!-- a [ -->"])
@pytest.mark.parametrize("name", ["a.xhtml", "a.html"])
def test_a_simple_entity_is_its_text(before: str, name: str) -> None:
    assert read('<!ENTITY co "Acme">', "<p>By &co; now", before=before, name=name) == "By Acme now"


@pytest.mark.parametrize(
    ("subset", "body", "text"),
    [
        ("<!-- it's ]> --><!ENTITY co 'A]>B'>", "&co;", "A]>B"),
        ("<!ENTITY co 'B &amp; \"C\" &#169;'>", "<a title='&co;'>&co;</a>", 'B & "C" ©'),
        ("<!ENTITY co 'first'><!ENTITY co 'second'>", "&co;", "first"),
        ("<!-- <!ENTITY co 'no'> -->", "x &co;", "x &co;"),
        ("%more; <!ELEMENT p ANY> <!ATTLIST p a CDATA 'v'>", "x", "x"),
        ("<!ENTITY co SYSTEM 'file:///etc/hostname'>", "x &co;", "x &co;"),
        ("<!ENTITY a 'aaa'><!ENTITY b '&a;&a;'>", "x &b;", "x &b;"),
        ("<!ENTITY a '<b>z</b>'>", "x &a;", "x &a;"),
        ("", "x", "x"),
    ],
)
def test_other_parts_are_left_alone(subset: str, body: str, text: str) -> None:
    assert read(subset, f"<p>{body}") == text


def test_entities_that_lengthen_a_page_beyond_measure_are_refused() -> None:
    with pytest.raises(DocumentRejected, match="more than 1,000,000 characters"):
        read(f"<!ENTITY a '{'a' * 200}'>", "&a; " * 6_000)


@pytest.mark.parametrize("unclosed", ["<!--", '"', "<?", "<!ENTITY a '"])
def test_a_part_without_an_end_is_refused_at_once(unclosed: str) -> None:
    begin = time.process_time()
    with pytest.raises(DocumentRejected, match="does not end"):
        extract(f"<!DOCTYPE html [{unclosed * 99_999}".encode(), name="a.html", content_type=None)
    assert time.process_time() - begin < 2
