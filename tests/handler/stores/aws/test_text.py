"""Terms and queries are what S3 Vectors accepts, and what belongs together meets in them."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from handler.stores.aws.text import MAX_TERMS, query_texts, record_terms
from tests.handler.aws.moto_text_search import check_request

WORDS = st.text(st.characters(categories=["L", "N", "M"]), min_size=1, max_size=9)
TEXTS = st.one_of(
    st.text(st.characters()),
    st.lists(WORDS, max_size=300).map(" ".join),
    st.lists(WORDS, max_size=300).map("-".join),
)


def terms(**metadata: str) -> list[str]:
    return record_terms(metadata).split()


@given(TEXTS)
def test_s3_vectors_accepts_every_query(query: str) -> None:
    texts = query_texts(query)
    if texts:
        request = {"vectorBucketName": "vectors", "indexName": "documents", "topK": 9}
        check_request("QueryVectors", json.dumps({**request, "queryTexts": texts}).encode())
        assert len({one["metadataKey"] for one in texts}) == len(texts) == 3
        assert all(one["text"].strip() for one in texts)


@given(TEXTS, st.integers(0, 2 * MAX_TERMS))
def test_terms_keep_their_limit_and_are_distinct(text: str, limit: int) -> None:
    found = record_terms({"text": text}, limit)
    assert len(found.encode()) <= min(limit, MAX_TERMS)
    assert len(set(found.split(" "))) == len(found.split(" "))


def test_a_record_has_the_terms_that_a_plain_analyzer_would_not_make() -> None:
    assert terms(text="Plain words, and more of them.") == []
    assert terms(text="E-2041", heading="AB-12") == ["ab12", "e2041"]
    assert terms(text="the file config.yaml") == ["configyaml", "config", "yaml"]
    assert terms(text="Das Café") == ["cafe"]
    assert terms(heading="İstanbul") == ["istanbul"]
    assert terms(page="E-2041") == []


def test_a_long_query_keeps_its_identifiers_and_its_words() -> None:
    query = " ".join(f"word{number}" for number in range(500)) + " E-2041"
    text, heading, own = (one["text"].split() for one in query_texts(query))
    assert text == heading
    for words in (text, own):
        assert words[0] == "e2041"
        assert "word0" in words
        assert "word100" in words
