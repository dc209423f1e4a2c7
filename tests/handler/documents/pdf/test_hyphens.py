"""A word that is split at a line's end is joined as the rest of the document writes it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.documents.pdf.hyphens import join_words


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("an exam\x02\nple", "an example"),
        ("an exam-\nple", "an example"),
        ("COVID\x02\n19 and Jean-\nPaul", "COVID-19 and Jean-Paul"),
        ("a well\x02\nknown man", "a well-known man"),
        ("the long\x02\nterm view", "the long-term view"),
        ("a high\x02\ner one", "a higher one"),
        ("state-of-the\x02\nart", "state-of-the-art"),
        ("up\x02\nto-date", "up-to-date"),
        ("Ruling 2009\xad\n39, section 31\xad1", "Ruling 2009-39, section 31-1"),
        ("an x\x02\nray, an e-\nmail and a T-\nshirt", "an x-ray, an e-mail and a T-shirt"),
        ("in one line\x02up", "in one line-up"),
        ("a dash -\nand more", "a dash -\nand more"),
        ("it con\x02\n146\ntinues", "it con-\n146\ntinues"),
        ("it con\x02\nCHAPTER TWO", "it con-\nCHAPTER TWO"),
    ],
)
def test_a_split_word_is_joined(text: str, joined: str) -> None:
    assert join_words([text]) == [joined]


def test_the_documents_other_words_decide() -> None:
    pages = ["The copyright of a co\x02\nworker, and re\x02\ncover.", "A co-worker may recover."]
    assert join_words(pages)[0] == "The copyright of a co-worker, and recover."


def test_a_document_that_writes_email_decides() -> None:
    assert join_words(["By e-\nmail.", "An email."])[0] == "By email."


def test_two_words_of_the_document_make_a_compound() -> None:
    pages = [
        "It is language\x02\nindependent.",
        "An independent language. Some times, something\x02\nelse",
    ]
    assert join_words(pages)[0] == "It is language-independent."


def test_parts_of_split_words_are_no_words() -> None:
    assert join_words(["exam\x02\nple exam\x02\nple"]) == ["example example"]


@given(st.text(st.sampled_from("ab-\x02\xad\n '1"), max_size=60))
def test_no_letter_is_lost(text: str) -> None:
    (joined,) = join_words([text])
    letters = [each for each in text if each.isalnum()]
    assert [each for each in joined if each.isalnum()] == letters


@pytest.mark.parametrize("text", ["a" * 100_000, "a-" * 50_000, "a-\n" * 20_000, "-\n" * 50_000])
def test_long_words_take_no_longer(text: str) -> None:
    assert len(join_words([text])[0]) >= len(text) // 3
