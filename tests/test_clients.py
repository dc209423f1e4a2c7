"""The clients people use, unmodified, against a real server process on a real port."""

from __future__ import annotations

import base64
import contextlib
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import numpy as np
import openai
import pytest
from langchain_openai import OpenAIEmbeddings

from handler.routes.embeddings import MAX_BODY
from model_layer import Encoder
from tests.conftest import Server

PREM = "Prem is an easy to use open source AI platform."
# The test of the service that this one grew from: its body, and its path.
PREM_BODY = {
    "model": "all-MiniLM-L6-v2",
    "input": [
        [42562.0, 374.0, 459.0, 4228.0, 311.0, 1005.0, 1825.0, 2592.0, 15592.0, 5452.0, 13.0]
    ],
}


def as_rows(vectors: list[list[float]]) -> np.ndarray:
    return np.array(vectors, np.float32)


def test_langchain_with_its_defaults(
    server: Server, encoder: Encoder, tiktoken_cache: Path
) -> None:
    """The example of the service that this one grew from. LangChain sends cl100k ids by default."""
    embeddings = OpenAIEmbeddings(base_url=server.base_url, api_key="random-string")
    expected = encoder.encode([PREM]).vectors
    # LangChain computes in float64 and may normalise again: equal to float32's last bits.
    query = as_rows([embeddings.embed_query(PREM)])
    documents = as_rows(embeddings.embed_documents([PREM]))
    np.testing.assert_allclose(query, expected, atol=1e-7)
    np.testing.assert_allclose(documents, expected, atol=1e-7)


def test_langchain_with_many_documents_and_an_empty_one(
    server: Server, encoder: Encoder, tiktoken_cache: Path
) -> None:
    embeddings = OpenAIEmbeddings(base_url=server.base_url, api_key="random-string")
    texts = [f"document {index} 你好 🚀" for index in range(40)] + [""]
    documents = as_rows(embeddings.embed_documents(texts))
    np.testing.assert_allclose(documents, encoder.encode(texts).vectors, atol=1e-6)


def test_the_original_test_of_the_service(server: Server, encoder: Encoder) -> None:
    url = f"{server.base_url}/engines/text-embedding-ada-002/embeddings"
    response = httpx.post(url, json=PREM_BODY)
    assert response.status_code == 200
    row = response.json()["data"][0]["embedding"]
    np.testing.assert_array_equal(as_rows([row]), encoder.encode([PREM]).vectors)


@pytest.mark.parametrize("encoding_format", [openai.omit, "base64", "float"])
def test_the_openai_client(server: Server, encoder: Encoder, encoding_format: openai.Omit) -> None:
    with openai.OpenAI(base_url=server.base_url, api_key="random-string") as client:
        answer = client.embeddings.create(
            model="text-embedding-3-small",
            input=["a cat", "a dog", "x " * 300],
            encoding_format=encoding_format,  # type: ignore[arg-type]
        )
    rows = [item.embedding for item in answer.data]
    if encoding_format == "base64":  # asked for in so many words, it is handed out as it is
        rows = [np.frombuffer(base64.b64decode(row), "<f4") for row in rows]  # type: ignore[arg-type, misc]
    np.testing.assert_array_equal(
        as_rows(rows), encoder.encode(["a cat", "a dog", "x " * 300]).vectors
    )
    assert [item.index for item in answer.data] == [0, 1, 2]
    assert answer.usage.prompt_tokens == answer.usage.total_tokens == 4 + 4 + 256


def test_the_openai_client_is_told_what_is_wrong_and_does_not_retry(server: Server) -> None:
    asked = 0

    def count(request: httpx.Request) -> None:
        nonlocal asked
        asked += 1

    http = openai.DefaultHttpxClient(event_hooks={"request": [count]})
    with openai.OpenAI(base_url=server.base_url, api_key="k", http_client=http) as client:
        with pytest.raises(
            openai.BadRequestError, match="'dimensions' is the number 385"
        ) as caught:
            client.embeddings.create(model="m", input="a", dimensions=385)
    assert caught.value.param == "dimensions"
    assert asked == 1


def test_the_openai_client_lists_the_model(server: Server) -> None:
    with openai.OpenAI(base_url=server.base_url, api_key="random-string") as client:
        assert [model.id for model in client.models.list()] == ["all-MiniLM-L6-v2"]
        assert client.models.retrieve("all-MiniLM-L6-v2").owned_by == "sentence-transformers"
        with pytest.raises(openai.NotFoundError, match="'gpt-4' does not exist"):
            client.models.retrieve("gpt-4")


def test_a_short_request_is_not_held_up_by_a_long_one(server: Server) -> None:
    long = {"input": [f"{number} " + "word " * 250 for number in range(300)]}
    with ThreadPoolExecutor(2) as pool:
        running = pool.submit(httpx.post, f"{server.base_url}/embeddings", json=long, timeout=60)
        time.sleep(0.5)  # it is being encoded, and will be for seconds
        with httpx.Client(base_url=server.base_url, timeout=60) as client:
            assert client.post("/embeddings", json={"input": "hi"}).status_code == 200
            assert client.get("/").status_code == 200
        assert not running.done()
        assert running.result().status_code == 200


def test_a_body_without_end_is_answered_before_its_end(server: Server) -> None:
    """A client that sends and never stops is told so: the server does not read on for ever."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(
            b"POST /v1/embeddings HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n"
        )
        part = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
        with contextlib.suppress(ConnectionError):  # it may have hung up by now
            for _ in range(MAX_BODY // 0x10000 + 2):
                connection.sendall(part)
        assert connection.recv(1000).startswith(b"HTTP/1.1 413")
