"""Pages for the tests of HTML."""

from __future__ import annotations

from handler.documents import Document, extract


def text(body: str) -> str:
    """The text of a page with this body."""
    return page(body).text


def page(body: str, *, keep_boilerplate: bool = False) -> Document:
    """The document of a page with this body."""
    html = f"<!doctype html><html><body>{body}</body></html>".encode()
    return extract(html, name="a.html", content_type=None, keep_boilerplate=keep_boilerplate)
