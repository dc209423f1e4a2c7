"""Every link to a file or a heading leads somewhere, and every path named exists."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from tests.docs.pages import PAGES_OF_TODAY, name_of, quoted, section, text_of
from tests.paths import ROOT
from website.links import PAGES, broken_links, links_in

# A path from the root, of which code is told by its first folder.
PATH = re.compile(
    r"(?:handler|model_layer|website|tests|benchmarks|events|docs|requirements)/[\w./-]*"
)
# Named by a recipe, or in the past, or made by a build: it need not be there.
NOT_HERE = {"handler/documents/rst.py", "model_layer/bundle/"}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    assert broken_links(page) == []


@pytest.mark.parametrize("page", PAGES_OF_TODAY, ids=name_of)
def test_every_path_named_on_a_page_exists(page: Path) -> None:
    named = {name for name in quoted(page.read_text()) if PATH.fullmatch(name)}
    assert {name for name in named - NOT_HERE if not (ROOT / name).exists()} == set()


@pytest.mark.parametrize("page", PAGES_OF_TODAY, ids=name_of)
def test_every_module_named_on_a_page_exists(page: Path) -> None:
    text = page.read_text()
    named = set(re.findall(r"python -m ((?:handler|model_layer|website|benchmarks)[\w.]*)", text))
    named |= set(re.findall(r"`(handler\.commands\.\w+)`", text))
    assert [name for name in named if importlib.util.find_spec(name) is None] == []


def test_every_class_in_the_glossary_is_in_the_file_named_beside_it() -> None:
    glossary = re.sub(r"\s+", " ", text_of("docs/glossary.md"))
    pairs = re.findall(r"(?:class|protocol) `(\w+)` in `([\w/.]+)`", glossary)
    assert len(pairs) > 5
    assert [name for name, path in pairs if f"class {name}" not in text_of(path)] == []


def test_every_page_of_docs_is_in_its_index() -> None:
    linked = {link.path for link in links_in(text_of("docs/README.md"))}
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert pages - linked == set()


def test_every_decision_is_in_the_index_of_decisions() -> None:
    folder = ROOT / "docs" / "decisions"
    linked = [link.path for link in links_in((folder / "README.md").read_text())]
    records = sorted(path.name for path in folder.glob("[0-9]*.md"))
    assert records == sorted(linked)


@pytest.mark.parametrize("record", sorted((ROOT / "docs" / "decisions").glob("0*.md")), ids=name_of)
def test_a_decision_has_its_four_parts_and_a_date(record: Path) -> None:
    text = record.read_text()
    assert re.search(r"\d{4}-\d\d-\d\d", text[:300])
    parts = [section(text, f"## {part}") for part in ("Context", "Decision", "Evidence")]
    assert all(part.strip() for part in [*parts, section(text, "## Consequences")])


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_begins_with_its_name_and_what_it_is_for(page: Path) -> None:
    title, *blocks = page.read_text().split("\n\n")
    first = next(block for block in blocks if not block.startswith("!["))  # a badge
    assert re.fullmatch("# .+", title)
    assert re.match(r"[A-Z`]", first)
    assert first.rstrip("*\n").endswith((".", ":")), first


def test_the_readme_fits_a_page() -> None:
    assert len(text_of("README.md").splitlines()) <= 150
