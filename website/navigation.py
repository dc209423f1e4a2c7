"""The order of the pages in the site, read from docs/README.md: its sections are the site's."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from website.links import ROOT, links_in

HOME = ROOT / "README.md"
MAP = ROOT / "docs" / "README.md"
DECISIONS = ROOT / "docs" / "decisions" / "README.md"
BENCHMARKS = ROOT / "benchmarks" / "README.md"


def navigation() -> list[dict[str, Any]]:
    """The sections with their pages, as MkDocs has them in its `nav`."""
    _, *sections = re.split(r"^## ", MAP.read_text(), flags=re.MULTILINE)
    start: list[dict[str, Any]] = [{"Home": _name(HOME)}, {"All pages": _name(MAP)}]
    return [*start, *(_section(*section.split("\n", 1)) for section in sections)]


def _section(heading: str, text: str) -> dict[str, Any]:
    pages = dict.fromkeys(link.file(MAP) for link in links_in(text) if link.is_local)
    return {heading.strip(): [_entry(page) for page in pages]}


def _entry(page: Path) -> Any:
    """A page, or one with those that it has links to: the decisions, and the results."""
    names = {DECISIONS: "Decisions", BENCHMARKS: "Benchmarks"}
    if page not in names:
        return _name(page)
    links = (link for link in links_in(page.read_text()) if link.is_local and link.path)
    files = dict.fromkeys(link.file(page) for link in links)
    below = [one for one in files if one.suffix == ".md" and one.is_relative_to(page.parent)]
    return {names[page]: [_name(page), *map(_name, below)]}


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()
