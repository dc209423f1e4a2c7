"""The terms of texts and of queries (handler/stores/words.py)."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.settings import TextLanguage
from handler.stores import words
from handler.stores.words import MAX_TERM, joined_compounds, terms

LANGUAGES: list[TextLanguage] = ["en", "fr", "de", "zh", "none"]


def meet(first: str, second: str, language: TextLanguage = "en") -> bool:
    """Whether a text finds the other."""
    return bool(set(terms(first, language)) & set(terms(second, language)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("Reset the password!", ["reset", "the", "password"]),
        ("reset reset", ["reset", "reset"]),
        ("E-2041", ["e", "2041", "e2041"]),
        ("AB-12-CD", ["ab", "12", "cd", "ab12", "ab12cd"]),
        ("fault_E_2041", ["fault", "e", "2041", "e2041", "faulte2041"]),
        ("E\u20112041 E\u22122041 E_2041", ["e", "2041"] * 3 + ["e2041"] * 3),
        ("/var/log-2/E-2041.txt", "var log 2 e 2041 txt log2 e2041 varlog2e2041txt".split()),
        ("don't don\u2019t", ["don", "t", "don", "t", "dont", "dont"]),
        ("1,000.50 C++ -- x --y", ["1", "000", "50", "c", "x", "y", "100050"]),
        ("x.  y - z", ["x", "y", "z"]),
        ("foo\u00adbar foo\u200bbar", ["foobar", "foo", "bar"]),
        ("😀 ?!* \ud800 \x00", []),
        ("a\x00b", ["a", "b"]),
        ("Straße ﬁn Ｅ１ x²", ["strasse", "fin", "e1", "x2"]),
        ("Café cafe\u0301 naïve", ["cafe", "cafe", "naive"]),
        ("İZMİR Izmir ızmir", ["izmir", "izmir", "izmir"]),
        ("Łódź Søren", ["lodz", "soren"]),
        ("Ёж ЕЖ", ["еж", "еж"]),
        ("Σίσυφος ΣΊΣΥΦΟΣ", ["σισυφοσ", "σισυφοσ"]),
        ("Windows™ №5", ["windows", "5"]),
        ("E2041² 10¹² 1½", ["e2041", "2", "10", "12", "1", "1", "2"]),
        ("①Open ⑫5 ❶Go H₂O 10㎡", ["1", "open", "12", "5", "❶", "go", "h2o", "10m2"]),
        ("٢٠٤١ २०४१", ["2041", "2041"]),
        ("हिन्दी", ["हिन्दी"]),
        ("東京都", ["東京", "京都"]),
        ("本", ["本"]),
        ("型番E-2041です", ["型番", "e", "2041", "です", "e2041"]),
        ("が か\u3099 ｶﾞ", ["が", "が", "ガ"]),
        ("한국어", ["한국", "국어"]),
        ("ภาษา", ["ภา", "าษ", "ษา"]),
    ],
)
def test_terms(text: str, expected: list[str]) -> None:
    assert terms(text, "none") == expected


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("E2041", "E-2041"),
        ("e2041", "the code E‑2041, twice"),
        ("AB12-CD", "AB-12-CD"),
        ("AB12CD", "AB-12-CD"),
        ("E2041", "pump-E-2041"),
        ("E2041", "rev_E-2041_b"),
        ("e-mail", "Emails"),
        ("E2041", "faults/E-2041: see below"),
        ("passwords", "Reset a password"),
        ("running", "it runs"),
        ("東京", "東京都の本"),
        ("สวัสดี", "สวัสดีครับ"),
    ],
)
def test_different_ways_of_writing_meet(first: str, second: str) -> None:
    assert meet(first, second)
    assert meet(second, first)


@pytest.mark.parametrize(
    ("first", "second"), [("E204", "E-2041"), ("pass", "password"), ("A1s", "A1"), ("京", "東京")]
)
def test_different_words_do_not_meet(first: str, second: str) -> None:
    assert not meet(first, second)


@pytest.mark.parametrize(
    ("language", "first", "second"),
    [
        ("en", "replies", "reply"),
        ("fr", "continuellement", "continuelle"),
        ("es", "canciones", "canción"),
        ("pt", "livros", "livro"),
        ("it", "abbandonata", "abbandonato"),
        ("de", "Häuser", "hauses"),
        ("nl", "lichamen", "lichaam"),
    ],
)
def test_words_are_stemmed_by_their_language(
    language: TextLanguage, first: str, second: str
) -> None:
    assert meet(first, second, language)
    for unstemmed in ("none", "zh", "ja", "ko"):
        assert not meet(first, second, unstemmed)


def test_a_long_run_is_known_by_its_beginning() -> None:
    assert terms("x" * 1_000, "en") == ["x" * MAX_TERM]
    assert terms("-".join(["abc1"] * 1_000), "en") == ["abc1"] * 1_000


def test_compounds_are_joined() -> None:
    assert joined_compounds("E-2041, not E2041 or a b; faults/E-1.") == ["e2041", "e1", "faultse1"]


def test_joining_compounds_needs_no_stemmer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The image does not have it."""
    monkeypatch.setitem(sys.modules, "Stemmer", None)
    assert joined_compounds("E-2041") == ["e2041"]


@given(text=st.text(), language=st.sampled_from(LANGUAGES))
def test_terms_are_words_to_the_index(text: str, language: TextLanguage) -> None:
    """Its tokenizer splits at what is ASCII and no letter or digit, and lowers ASCII capitals."""
    for term in terms(text, language):
        assert 0 < len(term) <= MAX_TERM
        assert not any(char.isascii() and not char.isalnum() for char in term)
        assert not any(char.isascii() and char.isupper() for char in term)
        assert term.encode().decode() == term


@given(text=st.text(max_size=40))
def test_case_and_composition_make_no_difference(text: str) -> None:
    plain = terms(text, "none")
    assert terms(unicodedata.normalize("NFC", text), "none") == plain
    assert terms(unicodedata.normalize("NFD", text), "none") == plain


@pytest.mark.parametrize("mark", ["\u0301\u0323", "\u05b0\u05b1", "\uff9e\u05b0"])
def test_a_run_of_marks_takes_no_quadratic_time(mark: str) -> None:
    assert len("".join(terms("x" + mark * 50_000, "en"))) <= MAX_TERM


def test_what_is_remembered_of_characters_and_terms_is_bounded() -> None:
    characters = "".join(map(chr, range(200_000)))
    assert len(terms(characters, "none")) > 10_000
    terms(" ".join(map(str, range(100_000))), "none")
    assert len(words._kinds) <= words.MAX_KINDS
    assert all(len(stems) <= words.MAX_STEMS for stems in words._stems.values())
