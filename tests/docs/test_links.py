"""Every link to a file or a heading leads somewhere, and every path named exists."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from tests.docs.pages import (
    PAGES,
    PAGES_OF_TODAY,
    ROOT,
    anchors,
    links,
    name_of,
    quoted,
    section,
    text_of,
)

# A path from the root, of which code is told by its first folder.
PATH = re.compile(r"(?:handler|model_layer|tests|benchmarks|events|docs|requirements)/[\w./-]*")
# Named by a recipe, or in the past, or made by a build: it need not be there.
NOT_HERE = {"handler/documents/rst.py", "model_layer/bundle/"}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    broken = []
    for link in links(page.read_text()):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if (
            not target.exists()
            or not target.is_relative_to(ROOT)
            or (anchor and anchor not in anchors(target.read_text()))
        ):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("page", PAGES_OF_TODAY, ids=name_of)
def test_every_path_named_on_a_page_exists(page: Path) -> None:
    named = {name for name in quoted(page.read_text()) if PATH.fullmatch(name)}
    assert {name for name in named - NOT_HERE if not (ROOT / name).exists()} == set()


@pytest.mark.parametrize("page", PAGES_OF_TODAY, ids=name_of)
def test_every_module_named_on_a_page_exists(page: Path) -> None:
    text = page.read_text()
    named = set(re.findall(r"python -m ((?:handler|model_layer|benchmarks)[\w.]*)", text))
    named |= set(re.findall(r"`(handler\.commands\.\w+)`", text))
    assert [name for name in named if importlib.util.find_spec(name) is None] == []


def test_every_class_in_the_glossary_is_in_the_file_named_beside_it() -> None:
    glossary = re.sub(r"\s+", " ", text_of("docs/glossary.md"))
    pairs = re.findall(r"(?:class|protocol) `(\w+)` in `([\w/.]+)`", glossary)
    assert len(pairs) > 5
    assert [name for name, path in pairs if f"class {name}" not in text_of(path)] == []


def test_every_page_of_docs_is_in_its_index() -> None:
    linked = {link.partition("#")[0] for link in links(text_of("docs/README.md"))}
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert pages - linked == set()


def test_every_decision_is_in_the_index_of_decisions() -> None:
    folder = ROOT / "docs" / "decisions"
    linked = links((folder / "README.md").read_text())
    records = sorted(path.name for path in folder.glob("[0-9]*.md"))
    assert records == sorted(linked)


@pytest.mark.parametrize("record", sorted((ROOT / "docs" / "decisions").glob("0*.md")), ids=name_of)
def test_a_decision_has_its_four_parts_and_a_date(record: Path) -> None:
    text = record.read_text()
    assert re.search(r"\d{4}-\d\d-\d\d", text[:300])
    parts = [section(text, f"## {part}") for part in ("Context", "Decision", "Evidence")]
    assert all(part.strip() for part in [*parts, section(text, "## Consequences")])


def test_the_readme_fits_a_page() -> None:
    assert len(text_of("README.md").splitlines()) <= 150
