"""Units cover a text, fit, and their tokens add up; blocks are found as Markdown has them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model_layer import Encoder, Outline
from model_layer.chunk_blocks import ALWAYS, AT_HEADING, AT_PARAGRAPH, NEVER, Block, find_blocks
from model_layer.chunk_units import Unit, UnitFinder
from model_layer.chunking import Chunker
from tests.model_layer.texts import TEXTS

CAPACITY = 12


@pytest.fixture(scope="module")
def chunker(encoder: Encoder) -> Chunker:
    return Chunker(encoder.tokenizer, max_tokens=CAPACITY + 2)


@pytest.fixture(scope="module")
def finder(chunker: Chunker) -> UnitFinder:
    return UnitFinder(
        chunker.count, chunker._splitter(4).parts, capacity=CAPACITY, max_characters=500
    )


def units_of(finder: UnitFinder, text: str, outline: Outline) -> list[Unit]:
    return finder.units(text, 0, len(text), outline)


@settings(max_examples=60)
@given(TEXTS, st.booleans())
def test_units_cover_the_text_within_limits_and_their_tokens_add_up(
    finder: UnitFinder, text: str, markdown: bool
) -> None:
    units = units_of(finder, text, Outline(is_markdown=markdown))
    covered = 0
    for unit in units:
        assert not text[covered : unit.start].strip()
        assert covered <= unit.start < unit.end
        assert text[unit.start : unit.end] == text[unit.start : unit.end].strip()
        assert unit.tokens <= CAPACITY
        covered = unit.end
    assert not text[covered:].strip()
    begin = 0
    for index in range(1, len(units) + 1):
        if index == len(units) or units[index].border == ALWAYS:
            run = units[begin:index]
            (whole,) = finder.count([text[run[0].start : run[-1].end]])
            assert whole == sum(unit.tokens for unit in run), repr(text)
            begin = index


def blocks(text: str, *headings: tuple[int, int], markdown: bool = True) -> list[tuple[str, str]]:
    outline = Outline(headings=headings, is_markdown=markdown)
    found: list[Block] = [*find_blocks(text, 0, len(text), outline)]
    return [(block.kind, text[block.start : block.end]) for block in found]


def test_headings_code_and_paragraphs_are_blocks() -> None:
    text = "# A\nOne\ntwo\n\n```\nx\n\ny\n```\nThree\n \n\nFour"
    assert blocks(text, (0, 1)) == [
        ("heading", "# A"),
        ("prose", "One\ntwo"),
        ("code", "```\nx\n\ny\n```"),
        ("prose", "Three"),
        ("prose", "Four"),
    ]


def test_a_fence_is_closed_by_one_of_its_own_kind_and_length() -> None:
    text = "````\n```\n~~~\n````\nafter"
    assert blocks(text) == [("code", "````\n```\n~~~\n````"), ("prose", "after")]
    assert blocks("```\nnever closed\n\nx") == [("code", "```\nnever closed\n\nx")]


def test_plain_text_has_no_fences() -> None:
    assert blocks("```\na\n\nb\n```", markdown=False) == [("prose", "```\na"), ("prose", "b\n```")]


def test_a_heading_leads_and_a_border_before_it_costs_least(finder: UnitFinder) -> None:
    text = "Before it\n\n# A\n\nAfter it"
    units = units_of(finder, text, Outline(headings=[(11, 1)], is_markdown=True))
    assert [(unit.leads, unit.border, unit.level) for unit in units] == [
        (False, AT_PARAGRAPH, 0),
        (True, AT_HEADING, 1),
        (False, AT_PARAGRAPH, 0),
    ]


def test_no_border_lies_between_code_and_its_fences(finder: UnitFinder) -> None:
    lines = "\n".join(f"value = compute({number}, {number})" for number in range(4))
    units = units_of(finder, f"```py\n{lines}\n```", Outline(is_markdown=True))
    assert units[0].leads
    assert units[-1].border == NEVER
