"""The contract of searches by words (handler/stores/contract.py), on the file's index."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bm25s
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handler.settings import SqliteAddress
from handler.stores import sqlite_words
from handler.stores.attributes import Attribute
from handler.stores.contract import Match, Record, Store
from handler.stores.filters import Comparison, Filter
from handler.stores.sqlite import open_sqlite
from handler.stores.words import terms
from tests.handler.stores.vectors import NORTH, random_vectors, record, show, vector_at


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = open_sqlite(SqliteAddress(str(tmp_path / "documents.sqlite")))
    show(store, "k")
    return store


def search(
    store: Store, query: str, *, limit: int = 100, where: Filter | None = None
) -> list[Match]:
    return store.index.search_text(query, NORTH, limit=limit, where=where)


def found(store: Store, query: str, *, limit: int = 100) -> list[str]:
    return [match.key for match in search(store, query, limit=limit)]


def write(store: Store, *texts: str) -> None:
    """Write the chunks of the document `k`."""
    store.index.upsert([record(f"k#{place}", text=text) for place, text in enumerate(texts)])


def test_an_empty_store_finds_nothing(store: Store) -> None:
    assert search(store, "password") == []


def test_records_with_a_word_of_the_query_are_found_with_their_metadata(store: Store) -> None:
    metadata: dict[str, Attribute] = {"text": "Reset the password", "page": 3, "draft": True}
    store.index.upsert([Record("k#0", vector_at(0.5), metadata), record("k#1", text="Cats")])
    (match,) = search(store, "a PASSWORD, please")
    assert match.key == "k#0"
    assert match.metadata == metadata
    assert match.bm25 is not None
    assert match.bm25 > 0
    assert match.cosine == pytest.approx(0.5, abs=1e-6)


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


@pytest.mark.parametrize("query", ["E2041", "E-2041", "e\u20112041", "2041", "faults/E-2041"])
def test_identifiers_are_found_with_and_without_their_hyphen(store: Store, query: str) -> None:
    write(store, "The pump reports E-2041.", "The pump reports E-2042.", "E2041 again.")
    assert set(found(store, query)) >= {"k#0", "k#2"} - ({"k#2"} if query == "2041" else set())
    assert found(store, query)[0] in ("k#0", "k#2")


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("東京", "東京都の本です"),
        ("パスワード", "ﾊﾟｽﾜｰﾄﾞをリセット"),
        ("비밀번호", "비밀번호를 재설정"),
        ("รหัสผ่าน", "ลืมรหัสผ่านของฉัน"),
        ("istanbul", "İSTANBUL"),
        ("ısparta", "ISPARTA"),
        ("strasse", "Hauptstraße, Straße"),
        ("resume", "Résumé"),
        ("пароль", "ПАРОЛЬ"),
        ("replies", "a reply"),
    ],
)
def test_words_of_all_scripts_are_found(store: Store, query: str, text: str) -> None:
    write(store, text, "something else")
    assert found(store, query) == ["k#0"]


def test_a_heading_is_searched_like_the_text(store: Store) -> None:
    store.index.upsert(
        [
            record("k#0", text="Ask the desk.", heading="Manual > Refunds"),
            record("k#1", text="Ask the desk.", heading="Manual > Hours"),
            record("k#2", heading="Refund"),
        ]
    )
    assert set(found(store, "refunds")) == {"k#0", "k#2"}


def test_attributes_are_not_searched_and_other_types_are_no_text(store: Store) -> None:
    store.index.upsert([record("k#0", text=5, heading=True, team="pump"), record("k#1")])
    assert found(store, "5 true pump") == []


def test_stop_words_alone_find_what_has_them(store: Store) -> None:
    write(store, *["this is the text"] * 30, "something else")
    assert len(found(store, "the")) == 30
    assert len(found(store, "is this the")) == 30


def test_a_word_that_most_records_have_finds_nothing_beside_others(store: Store) -> None:
    write(store, *["this is the pump"] * 30, "a valve")
    assert found(store, "the valve") == ["k#30"]
    assert found(store, "the unheard") == []


@pytest.mark.parametrize("query", ["", " ", "?!", "😀", "\x00", "\ud800", '"', "*", "-", "()"])
def test_a_query_without_words_finds_nothing(store: Store, query: str) -> None:
    write(store, "one? ! \x00 😀 * - ()")
    assert found(store, query) == []


OPERATORS = ["AND", "OR", "NOT", "NEAR", "NEAR(a b)", *'*^:"(){}-+', "text:", "rank", "words"]


@pytest.mark.parametrize("operator", OPERATORS)
def test_nothing_in_a_query_is_syntax(store: Store, operator: str) -> None:
    write(store, "alpha", "beta", "gamma and or not near rank words text")
    assert set(found(store, f"alpha {operator} beta")) >= {"k#0", "k#1"}
    assert set(found(store, f"{operator} alpha")) >= {"k#0"}
    assert set(found(store, f"alpha{operator}")) >= {"k#0"} - (
        {"k#0"} if operator[0].isalpha() else set()
    )


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store that tests only read."""
    store = open_sqlite(SqliteAddress(str(tmp_path_factory.mktemp("words") / "d.sqlite")))
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
    fill = [f"fill{number}" for number in range(sqlite_words.MAX_TERMS - 1)]
    assert found(shared, " ".join([*fill, "alpha"])) == ["k#0"]
    assert found(shared, " ".join([*fill, "fill", "alpha"])) == []


def test_an_upsert_replaces_the_words(store: Store) -> None:
    write(store, "old words", "other")
    store.index.upsert([record("k#0", text="new words")])
    store.index.upsert([record("k#0", text="new words"), record("k#0", text="newest words")])
    assert found(store, "old") == found(store, "new") == []
    assert found(store, "newest") == ["k#0"]
    assert len(found(store, "words")) == 1


def test_a_deleted_record_is_not_found(store: Store) -> None:
    write(store, "one pump", "two pumps", "a valve")
    store.index.delete(["k#0", "k#7", "other#0"])
    assert found(store, "pump") == ["k#1"]
    write(store, "one pump")
    assert set(found(store, "pump")) == {"k#0", "k#1"}


def test_only_the_current_generation_is_found_and_others_take_no_place(store: Store) -> None:
    show(store, "k", generation="new")
    old = [record(f"k#old#{place}", text="pump pump") for place in range(300)]
    new = [record(f"k#new#{place}", text="a pump and a valve") for place in range(5)]
    store.index.upsert([*old, *new, record("unknown#0", text="pump")])
    keys = [each.key for each in new]
    assert found(store, "pump", limit=5) == found(store, "pump") == keys
    show(store, "k", generation="old")
    assert found(store, "pump", limit=3) == [each.key for each in old[:3]]


def test_a_filter_leaves_out_records_before_they_are_counted(store: Store) -> None:
    store.index.upsert([record(f"k#{place}", text="pump", page=place % 50) for place in range(500)])
    page = Comparison("page", "eq", 7)
    assert [match.key for match in search(store, "pump", limit=5, where=page)] == [
        f"k#{7 + 50 * number}" for number in range(5)
    ]
    assert search(store, "valve", where=page) == []


WORDS = st.sampled_from("ant bee cat dog elk fox gnu hen ibis jay the".split())
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
    store = open_sqlite(SqliteAddress(str(tmp_path_factory.mktemp("bm25") / "d.sqlite")))
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
    store.index.upsert([record(each.key, text="elk elk yak") for each in records[:replaced]])
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
