"""Searches from JSON to results, in a store of known documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.errors import InvalidRequest, NotFound, RequestTooLarge
from handler.objects.configured_storage import ConfiguredStorage
from handler.request_context import RequestContext
from handler.settings import SearchMode, SqliteAddress
from handler.stores.contract import Record
from handler.vector_stores.search import VectorSearch
from model_layer import Cancelled, Encoder
from tests.handler.json_values import JSON_VALUES
from tests.handler.stores.vectors import show
from tests.handler.vector_stores.searches import ask
from tests.library import CATS, LIBRARY, PASSWORDS, TRAINS, fill

BY_MEANING = {"ranker": "none"}
ALL = [text for document in LIBRARY for text in document.chunks]


def texts(page: dict[str, Any]) -> list[str]:
    return [result["content"][0]["text"] for result in page["data"]]


def test_a_query_that_the_model_cannot_read_finds_nothing_and_says_why(
    search: VectorSearch,
) -> None:
    thai = "ห้องสมุดเปิดเวลาเก้าโมงเช้า"
    page = ask(search, query=thai)
    assert page["data"] == []
    (warning,) = page["warnings"]
    assert warning.startswith("'query' is 100% unknown to the model")
    both = ask(search, query=["cats", thai])
    assert both["data"] == ask(search, query="cats")["data"]
    assert both["warnings"] == [warning.replace("'query'", "'query[1]'")]


def test_a_query_that_the_model_reads_in_part_has_a_warning(search: VectorSearch) -> None:
    page = ask(search, query="Where are the cats of ห้องสมุด?")
    (warning,) = page["warnings"]
    assert "'query' is" in warning
    assert "% unknown to the model" in warning


def test_a_result_has_all_metadata_of_its_chunk(search: VectorSearch, encoder: Encoder) -> None:
    query = "Where can I reset my password?"
    page = ask(search, query=query, max_num_results=1)
    (result,) = page.pop("data")
    assert page == {
        "object": "vector_store.search_results.page",
        "search_query": [query],
        "has_more": False,
        "next_page": None,
    }
    row, other = encoder.encode([query, PASSWORDS.chunks[0]]).vectors
    cosine = float(row @ other)
    assert result.pop("cosine") == pytest.approx(cosine, abs=1e-6)
    # Of the query's words, only "where" and "my" are not in the chunk, and say little.
    assert result.pop("score") == pytest.approx(cosine * 2 / 3 + 1 / 3, abs=1e-6)
    assert result == {
        "text_rank": 1,
        "file_id": "file-passwords",
        "filename": "passwords.md",
        "attributes": {
            "team": "support",
            "level": 1,
            "public": True,
            "source": "s3://library/shelf/passwords.md",
            "filename": "passwords.md",
            "content_type": "text/plain",
            "modified": 1_700_000_000,
        },
        "content": [{"type": "text", "text": PASSWORDS.chunks[0]}],
        "source": "s3://library/shelf/passwords.md",
        "chunk": 0,
        "start": 0,
        "end": len(PASSWORDS.chunks[0]),
        "page": None,
        "heading": "Account",
    }


def test_by_meaning_alone_results_are_ranked_by_cosine(
    search: VectorSearch, encoder: Encoder
) -> None:
    page = ask(search, query="railways", ranking_options=BY_MEANING)
    vectors = encoder.encode(["railways", *ALL]).vectors
    cosines = vectors[1:] @ vectors[0]
    assert texts(page) == [ALL[index] for index in np.argsort(-cosines)]
    scores = [result["score"] for result in page["data"]]
    np.testing.assert_allclose(scores, np.sort(np.maximum(cosines, 0))[::-1], atol=1e-6)
    assert {result["text_rank"] for result in page["data"]} == {None}


def test_by_words_alone_only_what_has_them_is_found(search: VectorSearch) -> None:
    words = {"hybrid_search": {"embedding_weight": 0, "text_weight": 1}}
    page = ask(search, query="railways passwords", ranking_options=words)
    assert texts(page)
    assert all("password" in text.lower() or "railway" in text.lower() for text in texts(page))
    assert [result["text_rank"] for result in page["data"]] == [*range(1, len(page["data"]) + 1)]
    assert all(result["cosine"] is not None for result in page["data"])


@pytest.mark.parametrize("mode", ["hybrid", "vector", "text"])
def test_a_setting_fixes_what_ranks_results(
    mode: SearchMode, library: SqliteAddress, encoder: Encoder
) -> None:
    configured = ConfiguredStorage(library, fingerprint=encoder.bundle.fingerprint)
    options = {
        "hybrid": {"ranker": "default-2024-11-15"},
        "vector": BY_MEANING,
        "text": {"hybrid_search": {"rrf_embedding_weight": 0, "rrf_text_weight": 1}},
    }[mode]
    search = VectorSearch(encoder, configured, mode=mode)
    query = "my password for the train"
    assert ask(search, query=query) == ask(search, query=query, ranking_options=options)


def test_an_unknown_ranker_is_told(search: VectorSearch) -> None:
    page = ask(search, query="trains", ranking_options={"ranker": "newest"})
    assert page["data"]
    (warning,) = page["warnings"]
    assert "'newest' is not known" in warning


def test_results_of_several_queries_are_merged_by_each_chunks_best_score(
    search: VectorSearch,
) -> None:
    queries = ["railways", "passwords", "pets"]
    best: dict[str, float] = {}
    for query in queries:
        for result in ask(search, query=query)["data"]:
            text = result["content"][0]["text"]
            best[text] = max(best.get(text, 0), result["score"])
    page = ask(search, query=queries)
    assert page["search_query"] == queries
    assert texts(page) == sorted(best, key=lambda text: -best[text])
    assert [result["score"] for result in page["data"]] == sorted(best.values(), reverse=True)
    assert texts(ask(search, query=queries, max_num_results=2)) == texts(page)[:2]


def test_a_threshold_leaves_out_lower_scores(search: VectorSearch) -> None:
    scores = [result["score"] for result in ask(search, query="railways")["data"]]
    page = ask(search, query="railways", ranking_options={"score_threshold": scores[1]})
    assert [result["score"] for result in page["data"]] == scores[:2]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"type": "eq", "key": "team", "value": "support"}, [PASSWORDS]),
        ({"type": "ne", "key": "team", "value": "support"}, [TRAINS, CATS]),
        ({"type": "gte", "key": "level", "value": 2}, [TRAINS, CATS]),
        ({"type": "lt", "key": "level", "value": 1.5}, [PASSWORDS]),
        ({"type": "in", "key": "level", "value": [1, 3]}, [PASSWORDS, CATS]),
        ({"type": "nin", "key": "level", "value": [1, 3]}, [TRAINS]),
        ({"type": "eq", "key": "public", "value": False}, [TRAINS]),
        ({"type": "eq", "key": "filename", "value": "cats.pdf"}, [CATS]),
        ({"type": "gt", "key": "modified", "value": 1_700_000_000}, [TRAINS, CATS]),
        ({"type": "eq", "key": "page", "value": 1}, [CATS]),
        ({"type": "eq", "key": 'no "such" \\ key', "value": 1}, []),
        (
            {
                "type": "and",
                "filters": [
                    {"type": "eq", "key": "team", "value": "travel"},
                    {
                        "type": "or",
                        "filters": [
                            {"type": "eq", "key": "level", "value": 1},
                            {"type": "eq", "key": "level", "value": 3},
                        ],
                    },
                ],
            },
            [CATS],
        ),
    ],
)
def test_filters_keep_the_matching_documents(
    search: VectorSearch, filters: object, found: list[Any]
) -> None:
    page = ask(search, query="anything", filters=filters)
    assert {result["file_id"] for result in page["data"]} == {document.id for document in found}


def test_the_context_records_the_cost(search: VectorSearch, encoder: Encoder) -> None:
    context = RequestContext("id")
    queries = ["a cat", "x " * 300]
    answer = search.search(None, {"query": queries}, context)
    assert (context.inputs, context.truncated) == (2, 1)
    assert context.tokens == encoder.encode(queries).token_counts.sum()
    assert {"decode", "tokenize", "run", "search", "respond"} <= set(context.stages)
    assert answer.headers == {
        "x-embedding-fingerprint": encoder.bundle.fingerprint,
        "x-embedding-truncated": "1/2",
    }


def test_with_truncate_none_a_long_query_is_refused(search: VectorSearch) -> None:
    with pytest.raises(InvalidRequest, match="has 302 tokens; the model reads 256") as caught:
        ask(search, query=["a", "x " * 300], truncate="NONE")
    assert (caught.value.param, caught.value.code) == ("query[1]", "input_too_long")


def test_half_an_emoji_in_a_query_is_answered(search: VectorSearch) -> None:
    assert ask(search, query="a cat \ud83d")["search_query"] == ["a cat ?"]


@given(
    request=st.fixed_dictionaries(
        {"query": st.just("a") | JSON_VALUES},
        optional={
            "filters": JSON_VALUES,
            "max_num_results": JSON_VALUES,
            "ranking_options": JSON_VALUES | st.dictionaries(st.just("ranker"), JSON_VALUES),
            "rewrite_query": JSON_VALUES,
        },
    )
)
def test_any_request_is_answered_or_refused(search: VectorSearch, request: object) -> None:
    try:
        search.search(None, request, RequestContext("id"))
    except InvalidRequest as error:
        assert error.param


def test_a_record_without_metadata_is_found(tmp_path: Path, encoder: Encoder) -> None:
    address = SqliteAddress(str(tmp_path / "bare.sqlite"))
    store = fill(Path(address.path), encoder)
    show(store, "bare")
    store.index.upsert([Record("bare#0", encoder.encode(["zebra"]).vectors[0], {})])
    configured = ConfiguredStorage(address, fingerprint=encoder.bundle.fingerprint)
    page = ask(VectorSearch(encoder, configured), query="zebra", max_num_results=1)
    (result,) = page["data"]
    assert result.pop("cosine") == pytest.approx(1, abs=1e-6)
    assert result == {
        "score": pytest.approx(2 / 3),  # without words
        "text_rank": None,
        "file_id": "bare",
        "filename": "",
        "attributes": {},
        "content": [{"type": "text", "text": ""}],
        "chunk": 0,
        **dict.fromkeys(["source", "start", "end", "page", "heading"]),
    }


def test_metadata_of_unknown_types_are_left_out(tmp_path: Path, encoder: Encoder) -> None:
    address = SqliteAddress(str(tmp_path / "foreign.sqlite"))
    store = fill(Path(address.path), encoder)
    metadata: dict[str, Any] = {"text": 5, "page": "iv", "start": 7.0, "heading": True, "level": 2}
    show(store, "foreign")
    store.index.upsert([Record("foreign#1", encoder.encode(["zebra"]).vectors[0], metadata)])
    configured = ConfiguredStorage(address, fingerprint=encoder.bundle.fingerprint)
    page = ask(VectorSearch(encoder, configured), query="zebra", max_num_results=1)
    (result,) = page["data"]
    assert (result["content"], result["page"]) == ([{"type": "text", "text": ""}], None)
    assert (result["start"], result["heading"], result["attributes"]) == (
        7,
        None,
        {"page": "iv", "level": 2},
    )


def test_scores_stay_between_0_and_1(tmp_path: Path, encoder: Encoder) -> None:
    address = SqliteAddress(str(tmp_path / "opposites.sqlite"))
    store = fill(Path(address.path), encoder)
    row = encoder.encode(["zebra"]).vectors[0]
    show(store, "a", "b")
    store.index.upsert([Record("a#0", row * np.float32(1.01), {}), Record("b#0", -row, {})])
    configured = ConfiguredStorage(address, fingerprint=encoder.bundle.fingerprint)
    search = VectorSearch(encoder, configured, mode="vector")
    page = ask(search, query="zebra", max_num_results=50)
    scores = {result["file_id"]: result["score"] for result in page["data"]}
    assert scores["a"] == pytest.approx(1, abs=1e-6)
    assert scores["b"] == 0
    assert all(0 <= score <= 1 for score in scores.values())


def test_an_answer_over_the_limit_is_refused_with_a_cure(search: VectorSearch) -> None:
    context = RequestContext("id", answer_limit=5_000)
    with pytest.raises(RequestTooLarge, match=r"the limit is 5000\. Ask for at most") as caught:
        ask(search, context, query="a")
    assert (caught.value.param, caught.value.code) == ("max_num_results", "answer_too_large")
    assert ask(search, context, query="a", max_num_results=1)["data"]


def test_a_search_whose_time_is_up_is_refused(search: VectorSearch) -> None:
    with pytest.raises(RequestTooLarge, match="time this function has for a request was up"):
        ask(search, RequestContext("id", deadline=0.0), query=["a", "b"])


def test_time_that_is_up_ends_a_search_before_its_queries_are_read(search: VectorSearch) -> None:
    with pytest.raises(RequestTooLarge, match="after 0 of 2 queries"):
        ask(search, RequestContext("id", deadline=0.0), query=["a" * 100_000, "b"])


def test_a_search_that_nobody_waits_for_ends_between_its_queries(search: VectorSearch) -> None:
    class Abandoned(RequestContext):
        def is_cancelled(self) -> bool:
            return "run" in self.stages  # once the queries are encoded

    with pytest.raises(Cancelled):
        ask(search, Abandoned("id"), query=["a", "b"])


def test_a_wrong_store_id_is_refused(search: VectorSearch) -> None:
    with pytest.raises(NotFound, match="'books' does not exist; GET /v1/vector_stores lists"):
        search.search("books", {"query": "a"}, RequestContext("id"))


def test_the_largest_filters_are_answered(search: VectorSearch) -> None:
    """SQLite has limits of its own, on values and on depth."""
    largest: dict[str, Any] = {
        "type": "and",
        "filters": [{"type": "nin", "key": "team", "value": [f"team {n}" for n in range(100)]}] * 7,
    }
    for _ in range(3):
        one = {"type": "ne", "key": "team", "value": "nobody's"}
        largest = {"type": "and", "filters": [*[one] * 99, largest]}
    assert len(ask(search, query="a", filters=largest)["data"]) == len(ALL)
