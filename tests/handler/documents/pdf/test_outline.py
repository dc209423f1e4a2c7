"""A PDF's outline gives the headings, and its metadata the title."""

from __future__ import annotations

import pytest
from fpdf import FPDF

from tests.handler.documents.samples import read


def outlined(title: str = "") -> bytes:
    document = FPDF()
    document.set_font("helvetica", size=12)
    document.set_title(title)
    for level, heading in [(0, "Care of roses"), (1, "Pruning"), (1, "Feeding"), (0, "Tools")]:
        document.add_page()
        document.start_section(heading, level=level)
        document.multi_cell(0, None, f"{heading}\nAbout {heading} there is much to say.")
    document.start_section("Not on the page")
    return bytes(document.output())


def test_the_outline_gives_headings_where_the_page_has_them() -> None:
    document = read(outlined("The rose book"))
    assert [(each.level, each.text) for each in document.headings] == [
        (1, "Care of roses"),
        (2, "Pruning"),
        (2, "Feeding"),
        (1, "Tools"),
    ]
    for heading in document.headings:
        assert document.text.startswith(heading.text, heading.offset)
    place = document.text.index("About Feeding")
    assert document.section(place) == "The rose book > Care of roses > Feeding"


@pytest.mark.parametrize(
    "title", ["", "untitled", "Untitled document", "Microsoft Word - Report 3.doc", "plan.indd"]
)
def test_a_title_that_a_program_made_up_is_none(title: str) -> None:
    assert read(outlined(title)).title is None
