"""Searches by words in a file: scores, ties, common words, long queries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bm25s
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handler.settings import SqliteAddress
from handler.stores import open_source_store
from handler.stores.contract import Record, Store
from handler.stores.sqlite import words as sqlite_words
from handler.stores.words import MAX_QUERY_TERMS, terms
from tests.handler.stores.text_searches import OPERATORS, found, search, write
from tests.handler.stores.vectors import NORTH, random_vectors, record, show


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = open_source_store(SqliteAddress(str(tmp_path / "documents.sqlite")))
    show(store, "k")
    return store


def test_the_best_come_first_and_equals_by_document_and_chunk(store: Store) -> None:
    show(store, "a", "b")
    store.index.upsert(
        [
            record("b#1", text="one cat"),
            record("a#10", text="one cat"),
            record("b#0", text="one cat"),
            record("a#2", text="one cat"),
            record("k#0", text="a cat and a dog"),
            record("k#1", text="a dog, a dog"),
        ]
    )
    assert found(store, "dog cat") == ["k#1", "k#0", "a#2", "a#10", "b#0", "b#1"]
    scores = [match.bm25 or 0 for match in search(store, "dog cat")]
    assert scores == sorted(scores, reverse=True)
    for limit in range(1, 6):
        assert found(store, "cat dog", limit=limit) == found(store, "dog cat")[:limit]


def test_of_many_equals_only_the_first_are_read(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(store, *["one cat"] * 1_000)
    show(store, "a")
    store.index.upsert([record("a#0", text="one cat")])
    answers: list[int] = []

    def rows(*query: Any) -> list[Any]:
        answer = real(*query)
        answers.append(len(answer))
        return answer

    real = sqlite_words._rows
    monkeypatch.setattr(sqlite_words, "_rows", rows)
    assert found(store, "cat", limit=3) == ["a#0", "k#0", "k#1"]
    assert max(answers) < 10


def test_a_word_that_most_records_have_finds_nothing_beside_others(store: Store) -> None:
    write(store, *["this is the pump"] * 30, "a valve")
    assert found(store, "the valve") == ["k#30"]
    assert found(store, "the unheard") == []


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store that tests only read."""
    store = open_source_store(SqliteAddress(str(tmp_path_factory.mktemp("words") / "d.sqlite")))
    show(store, "k")
    write(store, "alpha beta", "and or not near", "東京 E-2041")
    return store


PARTS = st.text(max_size=12) | st.sampled_from([*OPERATORS, "alpha", "東京", "\x00", "\ud83d"])


@given(parts=st.lists(PARTS, max_size=12), joint=st.sampled_from(["", " ", '"', "\x00"]))
def test_any_text_is_a_query(shared: Store, parts: list[str], joint: str) -> None:
    query = joint.join(parts)
    for match in search(shared, query):
        asked = set(terms(query, "en"))
        assert asked & set(terms(str(match.metadata["text"]), "en"))
        assert (match.bm25 or 0) > 0


@pytest.mark.parametrize(
    "query",
    [
        "x" * 100_000,
        "alpha " * 20_000,
        " ".join(f"alpha{number}" for number in range(20_000)),
        '"' * 100_000,
        "a-" * 50_000,
        "東" * 100_000,
        "\u0301\u05b0" * 50_000,
    ],
    ids=lambda query: ascii(query[:6]),
)
def test_a_long_query_is_a_query(shared: Store, query: str) -> None:
    assert set(found(shared, query)) <= {"k#0"}


def test_the_first_words_of_a_long_query_count(shared: Store) -> None:
    fill = [f"fill{number}" for number in range(MAX_QUERY_TERMS - 1)]
    assert found(shared, " ".join([*fill, "alpha"])) == ["k#0"]
    assert found(shared, " ".join([*fill, "fill", "alpha"])) == []


def test_only_the_current_generation_is_found_and_others_take_no_place(store: Store) -> None:
    show(store, "k", generation="new")
    old = [record(f"k#old#{place}", text="pump pump") for place in range(300)]
    new = [record(f"k#new#{place}", text="a pump and a valve") for place in range(5)]
    store.index.upsert([*old, *new, record("unknown#0", text="pump")])
    keys = [each.key for each in new]
    assert found(store, "pump", limit=5) == found(store, "pump") == keys
    show(store, "k", generation="old")
    assert found(store, "pump", limit=3) == [each.key for each in old[:3]]


WORDS = st.sampled_from("ant bee cat dog elk fox gnu hen ibis jay yak".split())
TEXTS = st.lists(WORDS, min_size=1, max_size=8).map(" ".join)


def scores_by_bm25s(texts: list[list[str]], query: list[str]) -> list[float]:
    """BM25 as Robertson and others gave it, which FTS5 has, by another implementation.

    It leaves out a constant factor, k1 + 1, and a word that more than half of the texts have.
    """
    index = bm25s.BM25(method="robertson", k1=1.2, b=0.75)
    index.index(texts, show_progress=False)
    known = [term for term in dict.fromkeys(query) if any(term in text for text in texts)]
    scores = index.get_scores(known) if known else np.zeros(len(texts))
    return [2.2 * float(score) for score in scores]


@settings(max_examples=25)
@given(
    texts=st.lists(st.tuples(TEXTS, TEXTS | st.none()), min_size=1, max_size=15),
    query=TEXTS,
    replaced=st.integers(0, 3),
)
def test_scores_are_those_of_another_bm25(
    tmp_path_factory: pytest.TempPathFactory,
    texts: list[tuple[str, str | None]],
    query: str,
    replaced: int,
) -> None:
    store = open_source_store(SqliteAddress(str(tmp_path_factory.mktemp("bm25") / "d.sqlite")))
    show(store, "k")
    vectors = random_vectors(len(texts))
    records = [
        Record(
            f"k#{place}",
            vectors[place],
            {"text": text} if heading is None else {"text": text, "heading": heading},
        )
        for place, (text, heading) in enumerate(texts)
    ]
    store.index.upsert([record(each.key, text="elk elk zebu") for each in records[:replaced]])
    store.index.upsert(records)
    tokens = [[*text.split(), *(heading or "").split()] for text, heading in texts]
    expected = scores_by_bm25s(tokens, query.split())
    matches = search(store, query)
    assert {match.key for match in matches} == {
        f"k#{place}" for place, text in enumerate(tokens) if set(text) & set(query.split())
    }
    assert [match.bm25 for match in matches] == pytest.approx(
        [expected[int(match.key[2:])] for match in matches], abs=1e-4
    )
    cosines = vectors @ NORTH
    assert [match.cosine for match in matches] == pytest.approx(
        [cosines[int(match.key[2:])] for match in matches], abs=1e-6
    )
