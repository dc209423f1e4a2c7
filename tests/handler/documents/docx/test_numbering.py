"""Items, clauses and headings have the numbers that Word shows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from handler.documents.document import Heading
from tests.handler.documents.docx.word_files import (
    definition,
    document,
    item,
    level,
    num,
    p,
    style,
    styled,
)
from tests.handler.documents.samples import read

CLAUSES = definition(0, level(0, "§ %1."), level(1, "%1.%2"), level(2, "(%3)", "lowerLetter"))


def text(body: str, numbering: str, **parts: str) -> str:
    return read(document(body, numbering=numbering, **parts)).text


def items(*levels: int, numbering: int = 1) -> str:
    return "".join(p("x", item(numbering, each)) for each in levels)


def override(at: int, start: int) -> str:
    return f'<w:lvlOverride w:ilvl="{at}"><w:startOverride w:val="{start}"/></w:lvlOverride>'


def test_clauses_have_their_numbers() -> None:
    body = p("Scope", item(1)) + p("Term", item(1)) + p("As said in § 2.")
    assert text(body, CLAUSES + num(1)) == "§ 1. Scope\n§ 2. Term\n\nAs said in § 2."


def test_levels_count_within_the_level_above() -> None:
    assert text(items(0, 1, 1, 2, 2, 0, 1, 2), CLAUSES + num(1)) == (
        "§ 1. x\n  1.1 x\n  1.2 x\n    (a) x\n    (b) x\n§ 2. x\n  2.1 x\n    (a) x"
    )


def test_a_level_that_was_skipped_counts_as_begun() -> None:
    assert text(items(1, 0, 2, 1), CLAUSES + num(1)) == "1.1 x\n§ 2. x\n  (a) x\n2.2 x"


def test_a_list_goes_on_after_other_text_and_starts_where_it_says() -> None:
    numbers = definition(0, level(0, "%1)", start=4)) + num(1)
    body = items(0) + p("Between.") + items(0)
    assert text(body, numbers) == "4) x\n\nBetween.\n\n5) x"
    assert text(items(0), definition(0, level(0, "%1)", start=None)) + num(1)) == "0) x"


def test_numberings_of_one_definition_count_on_unless_they_start_anew() -> None:
    numbers = definition(0, level(0, "%1.")) + num(1) + num(2) + num(3, 0, override(0, 1))
    body = items(0) + items(0, numbering=2) + items(0, 0, numbering=3) + items(0)
    assert text(body, numbers) == "1. x\n2. x\n1. x\n2. x\n3. x"


def test_a_level_that_never_restarts_counts_on() -> None:
    never = level(1, "%2.", more='<w:lvlRestart w:val="0"/>')
    assert text(items(0, 1, 0, 1), definition(0, level(0, "%1."), never) + num(1)) == (
        "1. x\n  1. x\n2. x\n  2. x"
    )


def test_a_legal_number_is_in_digits() -> None:
    legal = level(1, "%1.%2", more="<w:isLgl/>")
    numbers = definition(0, level(0, "Article %1.", "upperRoman"), legal) + num(1)
    assert text(items(0, 1), numbers) == "Article I. x\n  1.1 x"


def test_bullets_are_hyphens_and_numbers_that_show_nothing_are_nothing() -> None:
    bullets = definition(0, level(0, "\uf0b7", "bullet"), level(1, "", "none")) + num(1)
    assert text(items(0), bullets) == "- x"
    assert text(p("a", item(1, 1)) + p("b", item(0)), bullets) == "a\n\nb"


def test_a_heading_has_its_number_in_its_text() -> None:
    numbers = definition(0, level(0, "%1"), level(1, "%1.%2", more=styled("h2"))) + num(1)
    linked = '<w:numPr><w:numId w:val="1"/></w:numPr>'
    styles = style("h1", "heading 1", paragraph=item(1)) + style(
        "h2", "heading 2", paragraph=linked
    )
    body = p("Scope", styled("h1")) + p("Area", styled("h2")) + p("Text.")
    found = read(document(body, numbering=numbers, styles=styles))
    assert found.text == "# 1 Scope\n\n## 1.1 Area\n\nText."
    assert found.headings == (Heading(0, 1, "1 Scope"), Heading(11, 2, "1.1 Area"))


def test_a_numbering_through_styles_is_followed_and_can_be_switched_off() -> None:
    styles = style("base", paragraph=item(1)) + style("clause", based_on="base")
    off = styled("clause") + item(0)
    body = p("a", styled("clause")) + p("b", styled("clause")) + p("c", off)
    assert text(body, CLAUSES + num(1), styles=styles) == "§ 1. a\n§ 2. b\n\nc"


def test_a_definition_that_refers_to_a_style_is_followed() -> None:
    link = '<w:abstractNum w:abstractNumId="5"><w:numStyleLink w:val="list"/></w:abstractNum>'
    styles = style("list", paragraph=item(1))
    numbers = CLAUSES + link + num(1) + num(2, 5)
    assert text(items(0, numbering=2), numbers, styles=styles) == "§ 1. x"
    loop = style("list", paragraph=item(2))
    assert text(items(0, numbering=2), numbers, styles=loop) == "x"


def test_an_unknown_numbering_is_a_bullet() -> None:
    assert text(items(0, numbering=9), CLAUSES) == "- x"
    styles = style("b", "List Bullet")
    assert read(document(p("x", styled("b")), styles=styles)).text == "- x"


def test_an_item_without_text_counts() -> None:
    body = p("", item(1)) + p("x", item(1))
    assert text(body, CLAUSES + num(1)) == "§ 2. x"


def test_absurd_numbers_are_bounded() -> None:
    huge = level(0, "%1" * 5_000, "upperRoman", start=2_000_000_000)
    assert len(text(items(0), definition(0, huge) + num(1))) < 1_000
    assert text(items(99, -4), CLAUSES + num(1)) == "x\n\n§ 2. x"


@given(st.lists(st.integers(0, 2), max_size=20))
def test_numbers_grow(levels: list[int]) -> None:
    """Among items of the first level, 1, 2, 3 … whatever is between them."""
    numbers = definition(0, level(0, "%1."), level(1, "%2)"), level(2, "(%3)")) + num(1)
    lines = text(items(*levels, 0), numbers).split("\n")
    firsts = [line for line, at in zip(lines, [*levels, 0], strict=True) if at == 0]
    begins_lower = bool(levels) and levels[0] > 0
    assert firsts == [f"{at + begins_lower}. x" for at in range(1, len(firsts) + 1)]


def test_a_paragraph_that_is_deleted_with_its_end_is_no_item() -> None:
    deleted = f"{item(1)}<w:rPr><w:del w:id='1'/></w:rPr>"
    gone = f"<w:p><w:pPr>{deleted}</w:pPr><w:del><w:r><w:delText>no</w:delText></w:r></w:del></w:p>"
    body = p("a", item(1)) + gone + p("b", item(1)) + p("c ", deleted) + p("d", item(1))
    numbering = definition(0, level(0, "%1.")) + num(1)
    assert text(body, numbering) == "1. a\n2. b\n3. c d"
