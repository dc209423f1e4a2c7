"""SVG: its texts and descriptions."""

from __future__ import annotations

import pytest

from tests.handler.documents.samples import read, rejected

SVG = '<svg xmlns="http://www.w3.org/2000/svg">'


def test_texts_are_lines() -> None:
    drawn = "<text>Sales <tspan>2024</tspan></text><g><text x='1'>Oslo</text></g><path d='M0'/>"
    document = read(f"{SVG}<title>Chart</title><style>a</style>{drawn}</svg>", "a.svg")
    assert document.text == "Chart\nSales 2024\nOslo"
    assert (document.format, document.title) == ("svg", "Chart")


def test_parts_with_places_of_their_own_are_apart() -> None:
    drawn = '<text><tspan x="1" y="1">One</tspan><tspan x="1" y="9">Two</tspan></text>'
    assert read(f"{SVG}{drawn}</svg>", "a.svg").text == "One Two"


def test_a_drawing_without_text_is_refused() -> None:
    assert rejected(f"{SVG}<path d='M0'/></svg>", "a.svg") == (
        "invalid_file: The SVG picture has no text; its shapes are not read."
    )


def test_deep_groups_are_refused() -> None:
    assert rejected(SVG + "<g>" * 100_000, "a.svg") == (
        "invalid_file: The SVG picture is damaged: its XML is not well-formed. Save it again."
    )


@pytest.mark.parametrize(
    "raised",
    [
        '<tspan baseline-shift="super">6</tspan>',
        '<tspan style="font-size: 60%; baseline-shift: super" dy="-3">6</tspan>',
        '<tspan baseline-shift="40%">6</tspan>',
    ],
)
def test_raised_text_does_not_fuse(raised: str) -> None:
    lowered = 'H<tspan baseline-shift="sub">2</tspan>O'
    content = f"{SVG}<text>10{raised} cells, {lowered}</text></svg>"
    assert read(content, "a.svg").text == "10⁶ cells, H₂O"


@pytest.mark.parametrize(
    "hidden",
    [
        '<text style="fill: red; display: none">no</text>',
        '<g visibility="hidden"><text>no</text></g>',
        '<text class="big note">no</text>',
        '<text><tspan display="none">no</tspan></text>',
    ],
)
def test_hidden_text_is_left_out_and_counted(hidden: str) -> None:
    style = "<style>.big { fill: red } .note{display:none}</style>"
    document = read(f"{SVG}{style}{hidden}<path display='none'/><text>yes</text></svg>", "a.svg")
    assert document.text == "yes"
    assert document.warnings == ("Not read: pieces of hidden text (1).",)
