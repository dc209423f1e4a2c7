"""A page that does not fit into the parser's memory is not called damaged."""

from __future__ import annotations

import pytest
from selectolax.lexbor import SelectolaxError

from handler.documents.html import parse


def test_a_page_beyond_the_parser_s_memory_is_out_of_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(_: str) -> None:
        raise SelectolaxError("Can't parse HTML")

    monkeypatch.setattr(parse, "LexborHTMLParser", fail)
    with pytest.raises(MemoryError):
        parse.parse("<p>a<p>b")
