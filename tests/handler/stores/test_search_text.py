"""The contract of searches by words (handler/stores/contract.py), on both backends."""

from __future__ import annotations

import pytest

from handler.stores.attributes import Attribute
from handler.stores.contract import Record, Store
from handler.stores.filters import Comparison
from tests.handler.stores.text_searches import OPERATORS, found, search, write
from tests.handler.stores.vectors import record, show, vector_at


@pytest.fixture
def store(store: Store) -> Store:
    """A store whose document `k` is whole."""
    show(store, "k")
    return store


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
    # S3 Vectors does not say the cosine.
    assert match.cosine is None or match.cosine == pytest.approx(0.5, abs=1e-6)
    assert match.words == 0.5


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


@pytest.mark.parametrize("query", ["", " ", "?!", "😀", "\x00", "\ud800", '"', "*", "-", "()"])
def test_a_query_without_words_finds_nothing(store: Store, query: str) -> None:
    write(store, "one? ! \x00 😀 * - ()")
    assert found(store, query) == []


@pytest.mark.parametrize("operator", OPERATORS)
def test_nothing_in_a_query_is_syntax(store: Store, operator: str) -> None:
    write(store, "alpha", "beta", "gamma and or not near rank words text")
    assert set(found(store, f"alpha {operator} beta")) >= {"k#0", "k#1"}
    assert set(found(store, f"{operator} alpha")) >= {"k#0"}
    assert set(found(store, f"alpha{operator}")) >= {"k#0"} - (
        {"k#0"} if operator[0].isalpha() else set()
    )


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


def test_a_filter_leaves_out_records_before_they_are_counted(store: Store) -> None:
    store.index.upsert([record(f"k#{place}", text="pump", page=place % 50) for place in range(500)])
    page = Comparison("page", "eq", 7)
    matches = search(store, "pump", limit=5, where=page)
    assert [match.metadata["page"] for match in matches] == [7] * 5
    assert search(store, "valve", where=page) == []
