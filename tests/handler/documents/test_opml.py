"""OPML: an outline as a nested list."""

from __future__ import annotations

from tests.handler.documents.samples import read


def test_an_outline_is_a_nested_list() -> None:
    inner = '<outline text="Oslo" htmlUrl="https://o.example"/><outline title="Riga" _note="Port"/>'
    body = f'<outline text="Cities">{inner}</outline><outline/>'
    content = f"<opml><head><title>Trip</title></head><body>{body}</body></opml>"
    document = read(content, "a.opml")
    assert document.text == ("# Trip\n\n- Cities\n  - Oslo (https://o.example)\n  - Riga\n    Port")
    assert (document.format, document.title) == ("opml", "Trip")
