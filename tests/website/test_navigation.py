"""The site's navigation is the map in docs/README.md, and has every page once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from website.links import PAGES, ROOT
from website.navigation import navigation
from website.tree import files_of_site, place


def pages_in(entry: Any) -> Iterator[str]:
    if isinstance(entry, str):
        yield entry
    else:
        values = entry.values() if isinstance(entry, dict) else entry
        for value in values:
            yield from pages_in(value)


def test_every_page_is_there_once() -> None:
    listed = list(pages_in(navigation()))
    assert len(set(listed)) == len(listed)
    assert {str(page.relative_to(ROOT)) for page in PAGES} <= set(listed)
    assert "benchmarks/results/fidelity.md" in listed


def test_all_of_it_is_in_the_site() -> None:
    assert set(pages_in(navigation())) <= {place(file) for file in files_of_site()}


def test_the_readme_is_the_home_page() -> None:
    assert next(pages_in(navigation())) == "README.md"


def test_sections_are_those_of_the_map() -> None:
    sections = [name for section in navigation() for name in section]
    text = (ROOT / "docs" / "README.md").read_text()
    headings = [line[3:] for line in text.splitlines() if line.startswith("## ")]
    assert sections == ["Home", "All pages", *headings]
    assert len(headings) > 2
