"""The questions about manuals, and what counts as their answer."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from benchmarks.retrieval.identifiers import DOCUMENTS, KINDS, Kind, documents
from benchmarks.retrieval.manuals import (
    PACKAGES,
    ManualRanks,
    has_most,
    is_heading,
    manual_questions,
    place,
)

QUOTE = "The default thread pool size is only 40"


def test_there_are_enough_questions_and_half_of_them_are_under_a_short_heading() -> None:
    questions = manual_questions()
    assert len(questions) >= 40
    assert sum(one.heading is not None for one in questions) * 2 >= len(questions)
    assert len({one.question for one in questions}) == len(questions)


def test_every_question_names_a_manual_and_a_quote() -> None:
    for one in manual_questions():
        assert one.package in PACKAGES
        assert PurePosixPath(one.document).suffix == ".md"
        assert len(one.quote.split()) > 1


def test_white_space_does_not_part_a_quote() -> None:
    assert has_most(f"x {QUOTE.replace(' ', chr(10))} y", QUOTE)


def test_the_larger_part_of_a_quote_is_enough() -> None:
    assert has_most("pool size is only 40 tokens", QUOTE)
    assert not has_most("is only 40", QUOTE)


def test_the_rank_is_that_of_the_first_chunk_of_the_right_document() -> None:
    found = [("other", QUOTE), ("right", "something else"), ("right", QUOTE)]
    assert place(QUOTE, "right", found) == 3
    assert place(QUOTE, "right", found[:2]) == 0


@pytest.mark.parametrize("chunk", ["## Usage", "# Manual\n\n## Usage\n", "Usage\n-----\n"])
def test_a_chunk_with_nothing_else_is_only_a_heading(chunk: str) -> None:
    assert is_heading(chunk)


@pytest.mark.parametrize("chunk", ["## Usage\n\nRun it.", "Usage\n-----\n\nRun it.", "Run it."])
def test_a_chunk_with_text_is_more_than_its_heading(chunk: str) -> None:
    assert not is_heading(chunk)


def test_shares_are_those_of_the_questions_among_them() -> None:
    ranks = ManualRanks("ours", 10, 0, 0, [1, 3, 0, 6], 0)
    assert ranks.hits(1, [True] * 4) == 0.25
    assert ranks.hits(5, [True, True, False, False]) == 1.0
    assert ranks.reciprocal() == pytest.approx((1 + 1 / 3 + 1 / 6) / 4)


@pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
def test_documents_of_a_kind_differ_by_their_identifiers(kind: Kind) -> None:
    texts = documents(kind)
    assert len(texts) == DOCUMENTS
    assert texts == documents(kind)
    assert all(text.count(identifier) == 1 for identifier, text in texts.items())
