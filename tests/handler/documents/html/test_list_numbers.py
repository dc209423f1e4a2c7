"""Ordered lists count as browsers count."""

from __future__ import annotations

import pytest

from tests.handler.documents.html.samples import text


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ("", "1. 2."), ("start=7", "7. 8."), ("start=-1", "-1. 0."), ("start=x", "1. 2."),
        ("start=' +3px'", "3. 4."), ("reversed", "2. 1."), ("reversed start=9", "9. 8."),
        ("type=a", "a. b."), ("type=A start=52", "AZ. BA."), ("type=i start=8", "viii. ix."),
        ("type=I start=1999", "MCMXCIX. MM."), ("type=i start=3999", "mmmcmxcix. 4000."),
        ("type=a start=0", "0. a."), ("type=x", "1. 2."),
        ("style='list-style-type: upper-roman'", "I. II."),
        ("style='list-style: lower-alpha inside'", "a. b."),
        ("style='list-style:none'", "- -"), ("start=99999999999999999999", "1. 2."),
    ],
)  # fmt: skip
def test_items_have_the_numbers_that_browsers_show(attributes: str, expected: str) -> None:
    lines = text(f"<ol {attributes}><li>x<li>x</ol>").split("\n")
    assert [line.removesuffix(" x") for line in lines] == expected.split(" ")


def test_an_item_may_state_its_number() -> None:
    assert text("<ol type=a><li value=3>x<li>y<li value=no>z</ol>") == "c. x\nd. y\ne. z"


def test_items_without_a_list_have_bullets() -> None:
    assert text("<div><li>x<li value=3>y</div>") == "- x\n- y"
