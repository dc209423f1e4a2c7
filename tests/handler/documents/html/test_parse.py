"""A page that does not fit into the parser's memory is refused with the cure."""

from __future__ import annotations

import pytest
from selectolax.lexbor import SelectolaxError

from handler.documents.html import parse
from handler.errors import DocumentRejected


def test_a_page_beyond_the_parser_s_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: str) -> None:
        raise SelectolaxError("Can't parse HTML")

    monkeypatch.setattr(parse, "LexborHTMLParser", fail)
    with pytest.raises(DocumentRejected) as refused:
        parse.parse("<p>a<p>b")
    assert refused.value.message == (
        "The HTML has 8 characters with about 2 tags, which take more memory than one document "
        "may; split it into several files."
    )
