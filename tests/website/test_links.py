"""Links are found where readers see them, and a link that leads nowhere is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from website import links
from website.links import anchors, broken_links, links_in, slug


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with two pages and a picture."""
    monkeypatch.setattr(links, "ROOT", tmp_path)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "api.md").write_text("# API\n\n## Limits\n\n## Same\n\n## Same\n")
    (tmp_path / "plot.svg").write_text("<svg/>")
    return tmp_path


def fault_of(folder: Path, text: str) -> str:
    page = folder / "README.md"
    page.write_text(text)
    (fault,) = broken_links(page)
    return fault


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("See [the API](docs/api.md).", "docs/api.md"),
        ('[the API](docs/api.md "All of it")', "docs/api.md"),
        ("[`api.md`](docs/api.md)", "docs/api.md"),
        ("![A plot](plot.svg)", "plot.svg"),
        ('<img src="plot.svg" width="400">', "plot.svg"),
        ('<source srcset="plot.svg">', "plot.svg"),
        ("[api]: docs/api.md", "docs/api.md"),
    ],
)
def test_every_kind_of_link_is_found(text: str, target: str) -> None:
    (link,) = links_in(text)
    assert link.target == target
    assert text[link.start : link.end] == target


def test_a_picture_that_is_a_link_is_two_links() -> None:
    assert [link.target for link in links_in("[![A plot](plot.svg)](docs/api.md)")] == [
        "plot.svg",
        "docs/api.md",
    ]


@pytest.mark.parametrize("text", ["`[a](b.md)`", "```sh\n[a](b.md)\n```", "a [b] (c.md)"])
def test_code_has_no_links(text: str) -> None:
    assert list(links_in(text)) == []


def test_links_that_lead_somewhere_are_not_named(folder: Path) -> None:
    page = folder / "README.md"
    page.write_text(
        "# Start here\n\n[a](docs/api.md#limits), [b](docs/), [c](plot.svg), [d](#start-here),"
        " [e](https://example.com/missing.md), [f](mailto:a@example.com)\n"
    )
    assert broken_links(page) == []


def test_a_missing_file_is_named_with_the_line(folder: Path) -> None:
    fault = fault_of(folder, "# Title\n\n```sh\nmake\n```\n\n[a](docs/gone.md#limits)\n")
    assert fault == "README.md:7: docs/gone.md#limits: there is no such file."


def test_a_missing_picture_is_named(folder: Path) -> None:
    assert "there is no such file" in fault_of(folder, "![A plot](plot.png)")


def test_a_missing_heading_is_named(folder: Path) -> None:
    assert "api.md has no such heading" in fault_of(folder, "[a](docs/api.md#limit)")
    assert "README.md has no such heading" in fault_of(folder, "[a](#limit)")


def test_a_heading_that_occurs_twice_cannot_be_linked_to(folder: Path) -> None:
    assert "api.md has 2 such headings" in fault_of(folder, "[a](docs/api.md#same)")


def test_an_anchor_in_what_is_no_page_is_named(folder: Path) -> None:
    assert "only pages have anchors" in fault_of(folder, "[a](plot.svg#L3)")


def test_a_file_outside_of_the_repository_is_named(folder: Path) -> None:
    assert "outside of the repository" in fault_of(folder, "[a](../../etc/passwd)")


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("From a file to search results", "from-a-file-to-search-results"),
        ("On Lambda, locally", "on-lambda-locally"),
        ("1. Make a key", "1-make-a-key"),
        ("cold_start", "cold_start"),
        ("What `VECTOR_STORE` names", "what-vector_store-names"),
        ("Speed & cost", "speed--cost"),
        ("Zürich", "zürich"),
    ],
)
def test_an_anchor_is_that_of_code_hosts(heading: str, anchor: str) -> None:
    assert slug(heading) == anchor


def test_headings_are_found_outside_of_code_and_without_their_links() -> None:
    text = "# The [API](api.md)\n\n```sh\n# a comment\n```\n\n## Limits of `make`\n"
    assert anchors(text) == ["the-api", "limits-of-make"]


def test_the_command_names_what_is_broken_and_fails(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = folder / "README.md"
    monkeypatch.setattr(links, "PAGES", [page])
    page.write_text("[a](gone.md)\n[b](docs/api.md)\n[c](gone.svg)\n")
    assert links.main() == 1
    assert capsys.readouterr().err.splitlines() == [
        "README.md:1: gone.md: there is no such file.",
        "README.md:3: gone.svg: there is no such file.",
    ]
    page.write_text("[b](docs/api.md)\n")
    assert links.main() == 0
    assert capsys.readouterr().out == "All links lead somewhere (pages: 1).\n"
