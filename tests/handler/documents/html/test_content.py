"""Only the content is read where the page says what it is."""

from __future__ import annotations

import pytest

from tests.handler.documents.html.samples import page

LONG = "The library opens at nine. " * 12
AROUND = "<header>Top</header>{}<aside>Side</aside><footer>Foot</footer>"


@pytest.mark.parametrize(
    "content",
    [
        "<main>{}</main>", "<div role=main>{}</div>", "<article>{}</article>",
        "<div><main><article>{}</article></main></div>", "<main hidden>No</main><main>{}</main>",
        "<article>{}<article></article></article>",
    ],
)  # fmt: skip
def test_content_that_the_page_names_is_read_alone(content: str) -> None:
    html = AROUND.format(content.format(LONG))
    assert page(html).text == LONG.strip()
    everything = page(html, keep_boilerplate=True).text
    assert everything == f"Top\n\n{LONG.strip()}\n\nSide\n\nFoot"


@pytest.mark.parametrize(
    "content",
    ["<div>{}</div>", "<article>{}</article><article>b</article>", "<main hidden>No</main>{}"],
)
def test_everything_is_read_where_the_page_names_no_content(content: str) -> None:
    text = page(AROUND.format(content.format(LONG))).text
    assert LONG.strip() in text
    assert text.startswith("Top")
    assert text.endswith("Foot")


def test_what_belongs_to_the_content_is_read_with_it() -> None:
    html = f"<main><header>By Ana</header>{LONG}<aside>Note</aside><footer>May</footer></main>Foot"
    assert page(html).text == f"By Ana\n\n{LONG.strip()}\n\nNote\n\nMay"


@pytest.mark.parametrize("navigation", ["<nav>{}</nav>", "<div role=navigation>{}</div>"])
def test_navigation_is_left_out_unless_boilerplate_is_kept(navigation: str) -> None:
    html = f"{navigation.format('Home')}<p>{LONG}</p>"
    assert page(html).text == LONG.strip()
    assert page(html, keep_boilerplate=True).text == f"Home\n\n{LONG.strip()}"


@pytest.mark.parametrize(
    "marked", ["<main></main>", "<main>Loading…</main>", "<article></article>"]
)
def test_a_page_whose_content_is_nearly_empty_is_read_but_for_its_menu(marked: str) -> None:
    text = page(f"<nav>Home</nav>{marked}<div>{LONG}</div>").text
    assert LONG.strip() in text
    assert "Home" not in text


def test_a_long_menu_does_not_make_short_content_look_empty() -> None:
    menu = "".join(f"<li>Section {number}</li>" for number in range(300))
    html = f"<nav><ul>{menu}</ul></nav><main><p>The library opens at nine, every day.</p></main>"
    assert page(html + "<p>End.</p>").text == "The library opens at nine, every day."


def test_a_page_of_navigation_alone_is_read() -> None:
    assert page("<nav>Home</nav><main></main>").text == "Home"


def test_short_content_is_read_alone_if_little_is_around_it() -> None:
    assert page("<header>Top</header><main>The library is closed.</main>").text == (
        "The library is closed."
    )


def test_a_page_of_navigation_only_is_read() -> None:
    assert page("<nav><a href=a>Chapter one</a></nav>").text == "Chapter one"


def test_a_heading_outside_the_content_is_kept() -> None:
    html = f"<header><h1>Opening hours</h1></header><main>{LONG}</main>"
    assert page(html).text == f"# Opening hours\n\n{LONG.strip()}"


def test_very_many_marks_of_content_are_none() -> None:
    html = f"Top {'<main>x</main>' * 60}"
    assert page(html).text.startswith("Top")
