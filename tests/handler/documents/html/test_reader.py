"""What is shown is read, what is hidden is not."""

from __future__ import annotations

import pytest

from tests.handler.documents.html.samples import page, text


@pytest.mark.parametrize(
    "shown",
    [
        "<dialog open>Yes</dialog>", "<details><summary>Yes</summary></details>",
        "<div hidden=until-found>Yes</div>", "<p aria-hidden=false>Yes</p>",
        "<p style='-webkit-backface-visibility: hidden'>Yes</p>", "<p inert>Yes</p>",
        "<p style='--x-display:none'>Yes</p>", "<p style='display:none;display:block'>Yes</p>",
        "<p style='/* display:none */'>Yes</p>", "<p style='overflow: hidden'>Yes</p>",
        "<p style=\"background:url('a;display:none')\">Yes</p>", "<object data=a>Yes</object>",
        "<p style='display:var(--none)'>Yes</p>", "<progress value=1>Yes</progress>",
    ],
)  # fmt: skip
def test_what_is_shown_is_read(shown: str) -> None:
    assert text(f"<p>a</p>{shown}<p>b</p>").replace("\n\n", " ") == "a Yes b"


@pytest.mark.parametrize(
    "hidden",
    [
        "<dialog>No</dialog>", "<p hidden>No</p>", "<p hidden=hidden>No</p>",
        "<p aria-hidden=TRUE>No</p>", "<p style='color:red; DISPLAY : None'>No</p>",
        "<p style='display:none!important;display:block'>No</p>", "<template>No</template>",
        "<p style='visibility:hidden'>No</p>", "<p style='content-visibility: hidden'>No</p>",
        "<p style='/* x */ display:/**/none'>No</p>", "<div popover>No</div>",
        "<video>No</video>", "<canvas>No</canvas>", "<iframe>No</iframe>", "<style>No</style>",
        "<svg><defs><text>No</text></defs></svg>", "<p style='display:none'><b>No</b></p>",
    ],
)  # fmt: skip
def test_what_is_hidden_is_not_read(hidden: str) -> None:
    assert text(f"<p>a</p>{hidden}<p>b</p>") == "a\n\nb"


def test_a_page_inside_the_page_is_read() -> None:
    assert text("<p>a</p><iframe srcdoc='&lt;h2>b&lt;/h2>c'></iframe><p>d</p>") == (
        "a\n\n## b\n\nc\n\nd"
    )


def test_pages_inside_pages_are_read_to_a_bounded_depth() -> None:
    html = "deep"
    for _ in range(10):
        html = (
            "x<iframe srcdoc='" + html.replace("&", "&amp;").replace("'", "&#39;") + "'></iframe>"
        )
    document = page(html)
    assert document.text == "\n\n".join("x" * 9)
    assert document.warnings == ("The page embeds 1 frame, which was not read.",)


def test_the_words_of_a_picture_are_read() -> None:
    assert (
        text(
            "<p>See<svg><title>Sales</title><desc>by month</desc><g><text>May</text>"
            "<text><tspan x=1>June</tspan><tspan x=1>2024</tspan></text></g></svg>below."
        )
        == "See Sales by month May June 2024 below."
    )
    assert text("<svg><foreignObject><p>a</p><p>b</p></foreignObject></svg>") == "a\n\nb"
    assert text("<p>a<title>b</title>c") == "ac"


def test_the_content_of_a_component_is_read() -> None:
    inner = "<a title='>'>b</a><div><template shadowrootmode=closed><p>c</template></div>"
    assert text(f"<p>a<x-card><template shadowrootmode=open>{inner}</template>d</x-card>") == (
        "a\n\nb\n\nc\n\nd"
    )


@pytest.mark.parametrize(
    ("html", "read"),
    [
        ("a <i style='visibility:hidden'>x <b style='visibility:visible'>b</b> y</i> c", "a b c"),
        (
            "<div style='visibility:hidden'><h2>x</h2><p style='visibility:visible'>b</div>c",
            "b\n\nc",
        ),
        ("<ul><li style='visibility:hidden'>x<li>b</ul>", "- b"),
        ("<p style='visibility:hidden'><img alt=x><input value=x><math>x</math></p>b", "b"),
        ("<div style='display:none'>x<p style='visibility:visible'>y</div>b", "b"),
        ("<table><tr><td>a<td style='visibility:hidden'>x<td>c</table>", "a |  | c"),
    ],
)
def test_what_is_visible_in_something_invisible_is_read(html: str, read: str) -> None:
    assert text(html) == read
