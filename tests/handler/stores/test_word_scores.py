"""Records that match the words of a query score from 0 to 1, alike in every store."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.stores.contract import Match
from handler.stores.word_scores import with_word_scores
from handler.stores.words import MAX_QUERY_TERMS


def scores(query: str, *found: tuple[str, float], stems: bool = True) -> list[float | None]:
    """The scores of texts that were found with these BM25 scores."""
    matches = [Match("key", {"text": text}, None, bm25=bm25) for text, bm25 in found]
    return [match.words for match in with_word_scores(matches, query, "en", stems=stems)]


def test_the_best_record_scores_the_share_of_the_querys_words_that_it_has() -> None:
    assert scores("red pump valve motor", ("a red pump", 8.0)) == [0.5]
    assert scores("E-2041", ("Error E-2041 is shown", 8.0)) == [1.0]


def test_the_others_score_as_much_less_as_their_bm25_is_lower() -> None:
    assert scores("red pump", ("a red pump", 8.0), ("a pump", 2.0)) == [1.0, 0.25]


def test_stop_words_of_the_query_do_not_count_unless_it_has_no_others() -> None:
    assert scores("how do I stop the pump", ("the pump", 3.0)) == [0.5]
    assert scores("to be or not to be", ("to be or not to be", 3.0)) == [1.0]


def test_words_are_compared_by_their_stems_where_there_is_a_stemmer() -> None:
    assert scores("pumps running", ("the pump runs", 3.0)) == [1.0]
    assert scores("pumps running", ("the pumps run", 3.0), stems=False) == [0.5]


def test_what_the_store_has_found_has_one_word_at_least() -> None:
    assert scores("mice wolves", ("a mouse", 3.0), stems=False) == [0.5]


def test_only_the_words_that_are_looked_for_count() -> None:
    query = " ".join(f"part{number}" for number in range(MAX_QUERY_TERMS))
    assert scores(f"{query} and more of it", (query, 3.0)) == [1.0]


def test_words_in_the_heading_count() -> None:
    match = Match("key", {"text": "Press it.", "heading": "Red pump"}, None, bm25=1.0)
    (one,) = with_word_scores([match], "red pump", "en", stems=True)
    assert one.words == 1


def test_nothing_found_scores_nothing() -> None:
    assert scores("pump") == []


@given(
    st.text(),
    st.lists(st.tuples(st.text(), st.none() | st.floats(0, 1e6)), max_size=5),
    st.sampled_from(["en", "de", "ja", "none"]),
    st.booleans(),
)
def test_any_score_is_from_zero_to_one(
    query: str, found: list[tuple[str, float | None]], language: str, stems: bool
) -> None:
    matches = [Match("key", {"text": text}, None, bm25=bm25) for text, bm25 in found]
    for match in with_word_scores(matches, query, language, stems=stems):  # type: ignore[arg-type]
        assert match.words is not None
        assert 0 <= match.words <= 1


@pytest.mark.parametrize("language", ["fr", "es", "pt", "it", "de", "nl"])
def test_other_languages_have_stop_words_too(language: str) -> None:
    said = {"fr": "les", "es": "los", "pt": "os", "it": "gli", "de": "die", "nl": "het"}[language]
    match = Match("key", {"text": "pompa 7"}, None, bm25=1.0)
    (one,) = with_word_scores([match], f"{said} pompa", language, stems=False)  # type: ignore[arg-type]
    assert one.words == 1
