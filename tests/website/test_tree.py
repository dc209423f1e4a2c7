"""The site has every page and all that pages lead to, under names that links can keep."""

from __future__ import annotations

import pytest

from website.links import PAGES, ROOT, links_in
from website.tree import files_of_site, is_copied, page_of, place, with_links_to_places

FILES = files_of_site()


def test_every_page_and_all_that_pages_link_to_is_in_the_site() -> None:
    assert set(PAGES) <= set(FILES)
    assert ROOT / "benchmarks" / "results" / "fidelity.md" in FILES
    places = {place(file) for file in FILES}
    for page in (file for file in FILES if file.suffix == ".md"):
        for link in links_in(page.read_text()):
            if link.is_local:
                assert place(link.file(page)) in places, f"{page}: {link.target}"


def test_no_two_files_have_one_place() -> None:
    assert len({place(file) for file in FILES}) == len(FILES)


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("docs/api.md", "docs/api.md"),
        ("benchmarks/results/peers.svg", "benchmarks/results/peers.svg"),
        ("events/direct.json", "events/direct.json"),
        ("template.yaml", "template.yaml.md"),
        ("LICENSE", "LICENSE.md"),
        ("events", "events/README.md"),
    ],
)
def test_source_and_folders_become_pages_and_the_rest_stays(name: str, where: str) -> None:
    assert place(ROOT / name) == where
    assert is_copied(ROOT / name) == (name == where)


def test_links_to_source_and_folders_lead_to_their_pages() -> None:
    markdown = (
        "[a](../template.yaml), [b](../events), [c](../events/), [d](api.md#limits), `[e](f.py)`"
    )
    assert with_links_to_places(markdown, ROOT / "docs" / "files.md") == (
        "[a](../template.yaml.md), [b](../events/README.md), [c](../events/README.md), "
        "[d](api.md#limits), `[e](f.py)`"
    )


def test_a_source_file_is_shown_whole_and_not_searched() -> None:
    page = page_of(ROOT / "samconfig.toml")
    assert "# `samconfig.toml`" in page
    assert (ROOT / "samconfig.toml").read_text() in page
    assert "exclude: true" in page


def test_a_folder_is_a_list_of_its_files() -> None:
    page = page_of(ROOT / "tests" / "golden")
    assert "- [`texts.json`](texts.json)\n" in page
    assert "- [`reference.py`](reference.py.md)\n" in page
    assert "__" not in page


def test_every_source_file_can_be_shown() -> None:
    for file in FILES:
        if not is_copied(file):
            assert page_of(file).strip()
