"""openai for Python: its sync, async and Azure clients."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Iterator
from typing import Any, Literal

import numpy as np
import openai
import pytest
from openai.types import CreateEmbeddingResponse

from handler.http.auth import hash_key
from handler.limits import MAX_BODY
from model_layer import Encoder
from tests.clients.texts import TEXTS, as_rows
from tests.clients.wire import API_VERSION, KEY, Wire, run
from tests.local_server import Server, start_server

Format = Literal["base64", "float"] | openai.Omit
FORMATS = pytest.mark.parametrize("encoding_format", [openai.omit, "base64", "float"])
MODEL = "text-embedding-3-small"


def assert_complete(
    answer: CreateEmbeddingResponse, encoder: Encoder, encoding_format: Format
) -> None:
    """Check every field of an answer for TEXTS."""
    rows: list[Any] = [item.embedding for item in answer.data]
    if encoding_format == "base64":  # the client decodes it only if it chose it itself
        rows = [np.frombuffer(base64.b64decode(row), "<f4") for row in rows]
    expected = encoder.encode(TEXTS)
    np.testing.assert_array_equal(as_rows(rows), expected.vectors)
    assert [item.index for item in answer.data] == [0, 1, 2]
    assert (answer.object, answer.model) == ("list", "all-MiniLM-L6-v2")
    assert answer.usage.prompt_tokens == answer.usage.total_tokens == expected.token_counts.sum()


@FORMATS
def test_the_sync_client_gets_the_vectors(
    server: Server, encoder: Encoder, encoding_format: Format
) -> None:
    with openai.OpenAI(base_url=server.base_url, api_key=KEY) as client:
        answer = client.embeddings.create(model=MODEL, input=TEXTS, encoding_format=encoding_format)
    assert_complete(answer, encoder, encoding_format)


@FORMATS
def test_the_async_client_gets_the_vectors(
    server: Server, encoder: Encoder, encoding_format: Format
) -> None:
    async def create() -> list[CreateEmbeddingResponse]:
        async with openai.AsyncOpenAI(base_url=server.base_url, api_key=KEY) as client:
            requests = [
                client.embeddings.create(model=MODEL, input=TEXTS, encoding_format=encoding_format)
                for _ in range(4)
            ]
            return await asyncio.gather(*requests)

    for answer in run(create()):
        assert_complete(answer, encoder, encoding_format)


def test_the_client_asks_for_base64_by_default(server: Server, wire: Wire) -> None:
    """So a server must answer base64, though most callers never ask for it themselves."""
    with openai.OpenAI(base_url=server.base_url, api_key=KEY, http_client=wire.http) as client:
        client.embeddings.create(model=MODEL, input="a")
    assert wire.bodies == [{"model": MODEL, "input": "a", "encoding_format": "base64"}]


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ("a cat", ["a cat"]),
        ("", [""]),
        ([64, 8415], ["a cat"]),
        ([[64, 8415], [64, 5679]], ["a cat", "a dog"]),
    ],
)
def test_each_form_of_input_is_accepted(
    server: Server, encoder: Encoder, value: str | list[int] | list[list[int]], texts: list[str]
) -> None:
    with openai.OpenAI(base_url=server.base_url, api_key=KEY) as client:
        answer = client.embeddings.create(model=MODEL, input=value, user="somebody")
    rows = as_rows([item.embedding for item in answer.data])
    np.testing.assert_array_equal(rows, encoder.encode(texts).vectors)


def test_dimensions_shorten_the_vectors(server: Server, encoder: Encoder) -> None:
    with openai.OpenAI(base_url=server.base_url, api_key=KEY) as client:
        answer = client.embeddings.create(model=MODEL, input="a cat", dimensions=128)
    row = encoder.encode(["a cat"]).vectors[0, :128]
    np.testing.assert_allclose(answer.data[0].embedding, row / np.linalg.norm(row), atol=1e-7)


def test_raw_responses_show_our_headers(server: Server, encoder: Encoder) -> None:
    with openai.OpenAI(base_url=server.base_url, api_key=KEY) as client:
        raw = client.embeddings.with_raw_response
        cut = raw.create(model=MODEL, input=TEXTS)
        whole = raw.create(model=MODEL, input=TEXTS[:2])
    assert cut.headers["x-embedding-fingerprint"] == encoder.bundle.fingerprint
    assert cut.headers["x-embedding-truncated"] == "1/3"
    assert whole.headers["x-embedding-fingerprint"] == encoder.bundle.fingerprint
    assert "x-embedding-truncated" not in whole.headers
    assert_complete(cut.parse(), encoder, openai.omit)


def test_the_model_is_listed(server: Server) -> None:
    with openai.OpenAI(base_url=server.base_url, api_key=KEY) as client:
        assert [model.id for model in client.models.list()] == ["all-MiniLM-L6-v2"]
        for name in ("all-MiniLM-L6-v2", "text-embedding-3-small"):
            model = client.models.retrieve(name)
            assert model.owned_by == "sentence-transformers"
            assert model.model_extra is not None
            assert model.model_extra["languages"]["en"]["advice"] == "good"


REFUSED = pytest.mark.parametrize(
    ("ask", "error", "status", "message", "param"),
    [
        pytest.param(
            lambda client: client.embeddings.create(model="m", input="a", dimensions=385),
            openai.BadRequestError, 400, "'dimensions' is the number 385", "dimensions",
            id="400",
        ),
        pytest.param(
            lambda client: client.get("/nothing", cast_to=object),
            openai.NotFoundError, 404, "Unknown route: GET /v1/nothing", None,
            id="404",
        ),
        pytest.param(
            lambda client: client.embeddings.create(model="m", input="x" * MAX_BODY),
            openai.APIStatusError, 413, f"the limit is {MAX_BODY}", None,
            id="413",
        ),
    ],
)  # fmt: skip


@REFUSED
def test_a_refusal_raises_the_error_and_is_not_retried(
    server: Server,
    wire: Wire,
    ask: Callable[[openai.OpenAI], object],
    error: type[openai.APIStatusError],
    status: int,
    message: str,
    param: str | None,
) -> None:
    with openai.OpenAI(base_url=server.base_url, api_key=KEY, http_client=wire.http) as client:
        with pytest.raises(error, match=message) as caught:
            ask(client)
    assert (caught.value.status_code, caught.value.param) == (status, param)
    assert caught.value.type == "invalid_request_error"
    assert len(wire.requests) == 1


@REFUSED
def test_a_refusal_raises_the_error_in_the_async_client(
    server: Server,
    ask: Callable[[openai.AsyncOpenAI], Any],
    error: type[openai.APIStatusError],
    status: int,
    message: str,
    param: str | None,
) -> None:
    async def refuse() -> None:
        async with openai.AsyncOpenAI(base_url=server.base_url, api_key=KEY) as client:
            await ask(client)

    with pytest.raises(error, match=message) as caught:
        run(refuse())
    assert (caught.value.status_code, caught.value.param) == (status, param)


def test_the_azure_client_gets_the_vectors(server: Server, encoder: Encoder, wire: Wire) -> None:
    with openai.AzureOpenAI(
        azure_endpoint=server.origin, api_version=API_VERSION, api_key=KEY, http_client=wire.http
    ) as client:
        answer = client.embeddings.create(model="my-deployment", input=TEXTS)
    assert_complete(answer, encoder, openai.omit)
    (request,) = wire.requests
    assert request.url.path == "/openai/deployments/my-deployment/embeddings"
    assert request.url.params["api-version"] == API_VERSION
    assert request.headers["api-key"] == KEY


def test_the_async_azure_client_gets_the_vectors(server: Server, encoder: Encoder) -> None:
    async def create() -> CreateEmbeddingResponse:
        async with openai.AsyncAzureOpenAI(
            azure_endpoint=server.origin, api_version=API_VERSION, api_key=KEY
        ) as client:
            return await client.embeddings.create(model="my-deployment", input=TEXTS)

    assert_complete(run(create()), encoder, openai.omit)


@pytest.fixture(scope="module")
def server_with_a_key() -> Iterator[Server]:
    with start_server(API_KEY_HASHES=f"tests:{hash_key(KEY)}") as server:
        yield server


def clients(server: Server, key: str, wire: Wire) -> Iterator[openai.OpenAI]:
    """Two clients: one sends its key as `Authorization: Bearer`, the other as `api-key`."""
    yield openai.OpenAI(base_url=server.base_url, api_key=key, http_client=wire.http)
    yield openai.AzureOpenAI(
        azure_endpoint=server.origin, api_version=API_VERSION, api_key=key, http_client=wire.http
    )


def test_the_right_key_is_accepted_and_a_wrong_one_is_not_retried(
    server_with_a_key: Server, wire: Wire
) -> None:
    for client in clients(server_with_a_key, KEY, wire):
        assert len(client.embeddings.create(model=MODEL, input="a").data[0].embedding) == 384
    wire.requests.clear()
    for client in clients(server_with_a_key, "another", wire):
        with pytest.raises(openai.AuthenticationError, match="Incorrect API key") as caught:
            client.embeddings.create(model=MODEL, input="a")
        assert caught.value.code == "invalid_api_key"
    assert len(wire.requests) == 2
