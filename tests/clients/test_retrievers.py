"""The retrievers of docs/frameworks.md, as classes of LangChain and LlamaIndex."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import openai
import pytest

from handler.settings import SqliteAddress
from tests.clients.wire import KEY, run
from tests.docs.pages import Example, examples
from tests.library import CATS, PASSWORDS, TRAINS
from tests.local_server import start_server

PAGE = "docs/frameworks.md"
TRAVEL = {"type": "eq", "key": "team", "value": "travel"}
WARM = "How long do felines rest?"


@pytest.fixture(scope="module")
def client(library: SqliteAddress) -> Iterator[openai.OpenAI]:
    with (
        start_server(VECTOR_STORE=f"sqlite:///{library.path}") as server,
        openai.OpenAI(base_url=server.base_url, api_key=KEY) as client,
    ):
        yield client


def retriever_class(framework: str) -> Any:
    """The class of the page's example, without what the example does with it."""
    (example,) = (
        one
        for one in examples("python")
        if one.page == PAGE and "class StoreRetriever" in one.code and framework in one.code
    )
    return defined(example)["StoreRetriever"]


def defined(example: Example) -> dict[str, Any]:
    code, _, _ = example.code.partition("\nclient = ")
    names: dict[str, Any] = {"__name__": "example"}
    exec(compile(code, str(example), "exec", dont_inherit=True), names)
    return names


@pytest.fixture
def langchain(client: openai.OpenAI) -> Any:
    return retriever_class("langchain_core")(client=client, store="library")


@pytest.fixture
def llama_index(client: openai.OpenAI) -> Any:
    return retriever_class("llama_index")(client, "library")


def test_a_langchain_document_has_the_text_the_place_and_the_attributes(langchain: Any) -> None:
    best = langchain.invoke(WARM)[0]
    assert best.page_content == CATS.chunks[0]
    known = {key: best.metadata[key] for key in ("filename", "source", "page", "team", "level")}
    assert known == {
        "filename": "cats.pdf",
        "source": "s3://library/shelf/cats.pdf",
        "page": 1,
        "team": "travel",
        "level": 3,
    }
    assert 0 < best.metadata["score"] <= 1
    assert "heading" not in best.metadata  # it has none
    account = langchain.invoke("How do I reset my password?")[0]
    assert account.metadata["heading"] == "Account"


def test_a_langchain_retriever_takes_the_options_of_a_search(client: openai.OpenAI) -> None:
    options = {"filters": TRAVEL, "max_num_results": 2, "ranking_options": {"ranker": "none"}}
    retriever = retriever_class("langchain_core")(client=client, store="library", options=options)
    found = retriever.invoke("passwords")
    assert len(found) == 2
    assert {document.metadata["team"] for document in found} == {"travel"}


def test_a_langchain_retriever_works_async_and_in_a_chain(langchain: Any) -> None:
    found = langchain.invoke(WARM)
    assert run(langchain.ainvoke(WARM)) == found
    chain = langchain | (lambda documents: documents[0].page_content)
    assert chain.invoke(WARM) == CATS.chunks[0]
    assert [one[0] for one in langchain.batch([WARM, "trains"])] == [
        found[0],
        langchain.invoke("trains")[0],
    ]


def test_a_llama_index_node_has_the_text_the_place_and_the_score(llama_index: Any) -> None:
    best = llama_index.retrieve(WARM)[0]
    assert best.text == CATS.chunks[0]
    known = {key: best.metadata[key] for key in ("filename", "page", "level")}
    assert known == {"filename": "cats.pdf", "page": 1, "level": 3}
    assert 0 < best.score <= 1
    scores = [one.score for one in llama_index.retrieve("trains")]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) > 1


def test_a_llama_index_retriever_takes_the_options_of_a_search(client: openai.OpenAI) -> None:
    retriever = retriever_class("llama_index")(client, "library", filters=TRAVEL)
    found = retriever.retrieve("passwords")
    assert {one.text for one in found} == {*TRAINS.chunks, *CATS.chunks}


def test_a_llama_index_retriever_works_async(llama_index: Any) -> None:
    found = run(llama_index.aretrieve("How do I reset my password?"))
    assert found[0].text == PASSWORDS.chunks[0]
