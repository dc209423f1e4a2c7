"""The check of the built site finds what it is there for."""

from __future__ import annotations

from pathlib import Path

import pytest

from website import built
from website.built import BuiltPage, differences, faults_of, requests_elsewhere
from website.links import ROOT

POLICY = (
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'self' 'unsafe-inline'\">"
)


def page(content: str, head: str = POLICY) -> BuiltPage:
    return BuiltPage(f"<html><head>{head}</head><body><article>{content}</article></body></html>")


@pytest.mark.parametrize(
    "content",
    [
        '<script src="https://cdn.example/mermaid.js"></script>',
        '<script src="//cdn.example/mermaid.js"></script>',
        '<img src="https://cdn.example/badge.svg">',
        '<img src="a.png" srcset="a.png 1x, https://cdn.example/a.png 2x">',
        '<link rel="stylesheet" href="https://fonts.example/css">',
        '<link rel="preconnect" href="https://fonts.example">',
        '<iframe src="http://other.example"></iframe>',
        '<video poster="https://cdn.example/a.png"></video>',
        '<div style="background: url(https://cdn.example/a.png)"></div>',
        "<style>@import 'https://fonts.example/css';</style>",
        "<style>a { background: url('//cdn.example/a.png') }</style>",
        '<svg><image href="https://cdn.example/a.png"/></svg>',
        '<svg><use xlink:href="https://cdn.example/a.svg#b"/></svg>',
        '<pre class="mermaid">graph LR</pre>',
    ],
)
def test_what_a_page_would_load_from_another_host_is_found(content: str) -> None:
    assert len(requests_elsewhere(page(content))) == 1


def test_links_and_files_of_the_site_are_no_such_requests() -> None:
    content = (
        '<a href="https://example.com">a</a><img src="a.png"><img src="data:image/png;base64,aa">'
        '<script src="assets/a.js"></script><svg xmlns="http://www.w3.org/2000/svg"></svg>'
        '<link rel="next" href="b.html"><style>a { background: url(a.png) }</style>'
    )
    assert requests_elsewhere(page(content)) == []


@pytest.mark.parametrize(
    "head",
    [
        "",
        '<meta http-equiv="Content-Security-Policy" content="img-src \'self\'">',
        '<meta http-equiv="Content-Security-Policy" content="default-src *">',
        '<meta http-equiv="Content-Security-Policy" content="default-src https://cdn.example">',
        f'<script src="a.js"></script>{POLICY}',  # too late
    ],
)
def test_a_page_that_no_policy_keeps_from_other_hosts_is_found(head: str) -> None:
    assert len(requests_elsewhere(page("", head))) == 1


def test_a_page_with_the_same_parts_is_the_same() -> None:
    markdown = "# A\n\n## B c\n\n- d\n- e\n\n|f|g|\n|-|-|\n|h|i|\n\n```sh\nj\n```\n"
    html = (
        '<h1 id="a">A</h1><h2 id="b-c">B c</h2><ul><li>d</li><li>e</li></ul>'
        "<table><thead><tr><th>f</th><th>g</th></tr></thead>"
        "<tbody><tr><td>h</td><td>i</td></tr></tbody></table><div><pre>j</pre></div>"
    )
    assert differences(page(html), markdown) == []


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("a\n- b\n- c", "<p>a - b - c</p>"),
        ("|a|\n|-|\n|b|", "<p>|a| |-| |b|</p>"),
        ("```sh\na\n```", "<p>a</p>"),
        ("## A b", '<h2 id="a_b">A b</h2>'),
    ],
)
def test_a_page_that_reads_otherwise_than_on_a_code_host_is_found(markdown: str, html: str) -> None:
    assert differences(page(html), markdown) != []


def test_a_diagram_is_a_block_of_code_elsewhere() -> None:
    markdown = "```mermaid\nflowchart LR\n```\n"
    assert differences(page('<div class="diagram"><svg></svg></div>'), markdown) == []


def test_dead_links_loads_in_styles_and_missing_pages_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(built, "PAGES", [])
    links = '<a href="b.html#there">a</a><a href="b.html#gone">b</a><a href="c.html">c</a>'
    (tmp_path / "a.html").write_text(page(links).html)
    (tmp_path / "b.html").write_text(page('<h2 id="there">d</h2>').html)
    (tmp_path / "a.css").write_text("@import url(https://fonts.example/css);")
    assert faults_of(tmp_path) == {
        "a.css": ["it loads https://fonts.example/css"],
        "a.html": ["its link b.html#gone leads nowhere", "its link c.html leads nowhere"],
    }
    monkeypatch.setattr(built, "PAGES", [ROOT / "README.md"])
    assert faults_of(tmp_path)["index.html"] == ["it is missing"]


def test_the_command_names_the_page_and_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(built, "PAGES", [])
    monkeypatch.setattr("sys.argv", ["built", str(tmp_path)])
    (tmp_path / "index.html").write_text(page('<img src="https://cdn.example/a.png">').html)
    assert built.main() == 1
    assert capsys.readouterr().err == "index.html: it loads https://cdn.example/a.png.\n"
    (tmp_path / "index.html").write_text(page("").html)
    assert built.main() == 0
    assert capsys.readouterr().out == f"Open {tmp_path}/index.html (pages: 1).\n"
