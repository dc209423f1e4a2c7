"""openai for Python: `vector_stores`, over a store of known documents."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import openai
import pytest

from handler.settings import SqliteAddress
from handler.stores.contract import Store
from model_layer import Encoder
from tests.clients.wire import KEY, Wire, run
from tests.library import BROKEN, CATS, LATE, LIBRARY, PASSWORDS, TRAINS, fill
from tests.local_server import Server, start_server

IDS = [document.id for document in LIBRARY]  # in the order of creation


@pytest.fixture(scope="module")
def library_server(library: SqliteAddress) -> Iterator[Server]:
    with start_server(VECTOR_STORE=f"sqlite:///{library.path}") as server:
        yield server


@pytest.fixture
def client(library_server: Server) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=library_server.base_url, api_key=KEY) as client:
        yield client


@pytest.mark.parametrize(
    ("query", "document", "chunk"),
    [
        ("I forgot how to log in", PASSWORDS, 0),
        ("When is the departure to Switzerland?", TRAINS, 0),
        ("How long do felines rest?", CATS, 0),
    ],
)
def test_a_search_finds_the_chunk_with_the_same_meaning(
    client: openai.OpenAI, query: str, document: object, chunk: int
) -> None:
    assert document in LIBRARY
    page = client.vector_stores.search("library", query=query)
    best = page.data[0]
    (expected,) = [ingested for ingested in LIBRARY if ingested is document]
    assert (best.file_id, best.filename) == (expected.id, expected.name)
    assert [content.text for content in best.content] == [expected.chunks[chunk]]
    assert 0 < best.score <= 1
    assert [result.score for result in page] == sorted((r.score for r in page), reverse=True)


def test_a_search_takes_every_option(client: openai.OpenAI) -> None:
    page = client.vector_stores.search(
        "library",
        query=["trains", "sleepy cats"],
        filters={
            "type": "and",
            "filters": [
                {"type": "eq", "key": "team", "value": "travel"},
                {"type": "in", "key": "level", "value": [2, 3]},
            ],
        },
        max_num_results=3,
        ranking_options={"ranker": "auto", "score_threshold": 0.1},
        rewrite_query=True,
    )
    assert {result.filename for result in page.data} == {"trains.txt", "cats.pdf"}
    for result in page.data:
        assert result.attributes is not None
        assert result.attributes["team"] == "travel"
        assert result.model_extra is not None
        ours = {"source", "chunk", "start", "end", "page", "heading", "cosine", "text_rank"}
        assert set(result.model_extra) == ours


def test_the_async_client_searches_and_lists(library_server: Server) -> None:
    async def search() -> tuple[str, list[str]]:
        async with openai.AsyncOpenAI(base_url=library_server.base_url, api_key=KEY) as client:
            page = await client.vector_stores.search("library", query="a cat")
            files = client.vector_stores.files.list("library", limit=2)
            return page.data[0].filename, [file.id async for file in files]

    assert run(search()) == ("cats.pdf", IDS[::-1])


def test_the_store_is_listed_and_retrieved(client: openai.OpenAI) -> None:
    (store,) = client.vector_stores.list()
    assert store == client.vector_stores.retrieve("library")
    assert (store.id, store.name, store.status) == ("library", "library", "in_progress")
    counts = store.file_counts
    assert (counts.total, counts.completed, counts.failed, counts.in_progress) == (5, 3, 1, 1)
    assert (store.usage_bytes, store.created_at) == (60, 1_700_000_000)


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 100])
@pytest.mark.parametrize("order", ["asc", "desc"])
def test_files_are_listed_page_by_page(
    library_server: Server, wire: Wire, limit: int, order: str
) -> None:
    with openai.OpenAI(
        base_url=library_server.base_url, api_key=KEY, http_client=wire.http
    ) as client:
        files = client.vector_stores.files.list(
            "library",
            limit=limit,
            order=order,  # type: ignore[arg-type]
        )
        assert [file.id for file in files] == (IDS if order == "asc" else IDS[::-1])
    assert len(wire.requests) == -(-len(IDS) // limit)


def test_files_are_listed_by_their_status(client: openai.OpenAI) -> None:
    listed = client.vector_stores.files.list
    assert [file.id for file in listed("library", filter="in_progress")] == [LATE.id]
    assert [file.id for file in listed("library", filter="cancelled")] == []
    (broken,) = listed("library", filter="failed")
    assert broken.id == BROKEN.id
    assert broken.last_error is not None
    assert (broken.last_error.code, broken.last_error.message) == (
        "invalid_file",
        "The PDF has no pages.",
    )


def test_a_page_before_an_id_is_listed(client: openai.OpenAI) -> None:
    page = client.vector_stores.files.list("library", before=IDS[3], limit=2, order="asc")
    assert [file.id for file in page.data] == IDS[1:3]


def test_a_file_is_retrieved(client: openai.OpenAI) -> None:
    file = client.vector_stores.files.retrieve(PASSWORDS.id, vector_store_id="library")
    assert (file.status, file.last_error, file.usage_bytes) == ("completed", None, 10)
    assert file.attributes == PASSWORDS.attributes
    assert file.chunking_strategy is not None
    assert file.chunking_strategy.type == "static"
    assert file.chunking_strategy.static.max_chunk_size_tokens == 256


def test_a_running_server_finds_documents_ingested_after_its_start(
    tmp_path: Path, encoder: Encoder
) -> None:
    """`make ingest` while a server runs."""
    path = tmp_path / "library.sqlite"
    with start_server(VECTOR_STORE=f"sqlite:///{path}") as server:
        with openai.OpenAI(base_url=server.base_url, api_key=KEY) as client:
            with pytest.raises(openai.NotFoundError, match="nothing has been ingested yet"):
                client.vector_stores.search("library", query="a cat")
            store: Store = fill(path, encoder)
            assert client.vector_stores.search("library", query="a cat").data
            store.index.delete([f"{CATS.id}#0"])
            found = client.vector_stores.search("library", query="a cat")
            assert CATS.id not in {result.file_id for result in found}


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("books", openai.NotFoundError, "GET /v1/vector_stores lists"),
        ("library", openai.BadRequestError, "it must be a string of at most"),
    ],
)
def test_a_refusal_raises_the_error_and_is_not_retried(
    library_server: Server, wire: Wire, name: str, error: type[openai.APIStatusError], message: str
) -> None:
    filters = {"type": "gt", "key": "level", "value": True} if name == "library" else openai.omit
    with openai.OpenAI(
        base_url=library_server.base_url, api_key=KEY, http_client=wire.http
    ) as client:
        with pytest.raises(error, match=message):
            client.vector_stores.search(name, query="a", filters=filters)  # type: ignore[arg-type]
    assert len(wire.requests) == 1


def test_a_server_without_a_store_says_how_to_set_one_up(server: Server) -> None:
    with openai.OpenAI(base_url=server.base_url, api_key=KEY) as client:
        with pytest.raises(openai.NotFoundError, match="Set VECTOR_STORE"):
            client.vector_stores.search("library", query="a")
        with pytest.raises(openai.NotFoundError, match="Set VECTOR_STORE"):
            client.vector_stores.list()
