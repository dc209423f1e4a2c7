"""Headings are known by their styles, bases included, and by their outline levels."""

from __future__ import annotations

import pytest

from handler.documents.document import Heading
from tests.handler.documents.docx.word_files import document, p, style, styled
from tests.handler.documents.samples import read


def outline(level: int) -> str:
    return f'<w:outlineLvl w:val="{level}"/>'


STYLES = (
    style("h2", "heading 2")
    + style("mine", "My heading", based_on="h2")
    + style("quiet", "TOC Heading", based_on="h2", paragraph=outline(9))
    + style("clause", "Clause", paragraph=outline(2))
    + style("title", "Title")
    + style("sub", "Subtitle")
)


@pytest.mark.parametrize(
    ("properties", "text"),
    [
        (styled("h2"), "## x"),
        (styled("mine"), "## x"),
        (styled("quiet"), "x"),
        (styled("clause"), "### x"),
        (styled("title"), "# x"),
        (styled("sub"), "## x"),
        (styled("unknown"), "x"),
        (outline(0), "# x"),
        (outline(8), "###### x"),
        (styled("h2") + outline(9), "x"),
        (styled("h2") + outline(0), "# x"),
        ('<w:outlineLvl w:val="-3"/>', "x"),
        ('<w:outlineLvl w:val="many"/>', "x"),
    ],
)
def test_a_heading_is_known(properties: str, text: str) -> None:
    assert read(document(p("x", properties) + p("y"), styles=STYLES)).text == f"{text}\n\ny"


def test_a_whole_clause_with_an_outline_level_is_no_heading() -> None:
    long = "word " * 60
    found = read(document(p(long, styled("clause")), styles=STYLES))
    assert (found.text, found.headings) == (long.strip(), ())


def test_the_default_style_counts() -> None:
    styles = (
        '<w:style w:type="paragraph" w:default="1" w:styleId="n"><w:name w:val="Normal"/>'
        "<w:rPr><w:vanish/></w:rPr></w:style>"
    )
    assert read(
        document(p("hidden") + p("shown", run='<w:vanish w:val="0"/>'), styles=styles)
    ).text == ("shown")


def test_styles_that_are_based_on_each_other_end() -> None:
    loop = style("a", based_on="b") + style("b", based_on="a") + style("c", based_on="c")
    body = p("x", styled("a")) + p("y", styled("c"))
    assert read(document(body, styles=loop)).text == "x\n\ny"
    chain = "".join(style(f"s{at}", based_on=f"s{at + 1}") for at in range(1_000))
    body = "".join(p("x", styled(f"s{at}")) for at in range(1_000))
    assert len(read(document(body, styles=chain)).text) == 3 * 1_000 - 2


def test_a_document_without_a_stated_title_has_that_of_its_title_paragraph() -> None:
    found = read(document(p("The title", styled("title")) + p("x"), styles=STYLES))
    assert found.title == "The title"
    assert found.headings == (Heading(0, 1, "The title"),)
