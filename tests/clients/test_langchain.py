"""langchain-openai. By default it sends lists of cl100k token ids, not texts."""

from __future__ import annotations

from typing import Any

import numpy as np
import openai
import pytest
import tiktoken
from langchain_openai import AzureOpenAIEmbeddings, OpenAIEmbeddings
from pydantic import SecretStr

from model_layer import Encoder
from tests.clients.texts import TEXTS, assert_equal_to_the_last_bits, many, vectors_of
from tests.clients.wire import API_VERSION, KEY, Wire, run
from tests.local_server import Server

PREM = "Prem is an easy to use open source AI platform."
WHOLE = 8_191  # token ids that LangChain sends in one list; it splits longer texts

pytestmark = pytest.mark.usefixtures("tiktoken_cache")  # otherwise it downloads the vocabulary


def embeddings_of(server: Server, **settings: Any) -> OpenAIEmbeddings:
    return OpenAIEmbeddings(base_url=server.base_url, api_key=SecretStr(KEY), **settings)


def test_the_example_of_the_original_service(server: Server, encoder: Encoder) -> None:
    embeddings = embeddings_of(server)
    expected = encoder.encode([PREM]).vectors
    assert_equal_to_the_last_bits([embeddings.embed_query(PREM)], expected)
    assert_equal_to_the_last_bits(embeddings.embed_documents([PREM]), expected)


def test_the_async_methods_give_the_same_vectors(server: Server, encoder: Encoder) -> None:
    async def embed() -> list[list[float]]:
        async with openai.DefaultAsyncHttpxClient() as http:
            embeddings = embeddings_of(server, http_async_client=http)
            documents = await embeddings.aembed_documents(TEXTS)
            return [*documents, await embeddings.aembed_query(PREM)]

    expected = encoder.encode([*TEXTS, PREM]).vectors
    assert_equal_to_the_last_bits(run(embed()), expected)


def test_a_thousand_documents_and_an_empty_one_are_embedded_from_token_ids(
    server: Server, encoder: Encoder, wire: Wire
) -> None:
    texts = many(1000)
    texts.insert(500, "")
    documents = embeddings_of(server, http_client=wire.http).embed_documents(texts)
    assert_equal_to_the_last_bits(documents, vectors_of(encoder, texts))
    # A thousand lists of ids in one request. The empty text has no ids, so LangChain sends it by
    # itself, as a string.
    lists, empty = [body["input"] for body in wire.bodies]
    assert {type(ids) for ids in lists} == {list}
    assert len(lists) == 1000
    assert empty == ""


def test_a_thousand_documents_and_an_empty_one_are_embedded_from_texts(
    server: Server, encoder: Encoder, wire: Wire
) -> None:
    texts = many(1000)
    texts.insert(500, "")
    embeddings = embeddings_of(server, check_embedding_ctx_length=False, http_client=wire.http)
    documents = embeddings.embed_documents(texts)
    assert_equal_to_the_last_bits(documents, vectors_of(encoder, texts))
    assert [body["input"] for body in wire.bodies] == [texts[:1000], texts[1000:]]


@pytest.mark.parametrize("check_embedding_ctx_length", [True, False])
def test_dimensions_shorten_the_vectors(
    server: Server, encoder: Encoder, check_embedding_ctx_length: bool
) -> None:
    embeddings = embeddings_of(
        server, dimensions=128, check_embedding_ctx_length=check_embedding_ctx_length
    )
    rows = encoder.encode(TEXTS).vectors[:, :128]
    expected = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    assert_equal_to_the_last_bits(embeddings.embed_documents(TEXTS), expected)


def test_the_client_splits_and_averages_a_text_of_over_8191_token_ids(
    server: Server, encoder: Encoder, wire: Wire
) -> None:
    text = "cat " * 6_000 + "The glacier melts. " * 1_000  # the second piece has another topic
    cl100k = tiktoken.get_encoding("cl100k_base")
    ids = cl100k.encode(text)
    pieces = [ids[start : start + WHOLE] for start in range(0, len(ids), WHOLE)]
    assert len(pieces) > 1
    vectors = encoder.encode([cl100k.decode(piece) for piece in pieces]).vectors
    mean = np.average(vectors, axis=0, weights=[len(piece) for piece in pieces])
    expected = np.stack([mean / np.linalg.norm(mean), encoder.encode([PREM]).vectors[0]])
    documents = embeddings_of(server, http_client=wire.http).embed_documents([text, PREM])
    assert_equal_to_the_last_bits(documents, expected)
    (body,) = wire.bodies
    assert [len(ids) for ids in body["input"]][:-1] == [len(piece) for piece in pieces]


def test_the_azure_class_uses_the_deployment_path(
    server: Server, encoder: Encoder, wire: Wire
) -> None:
    embeddings = AzureOpenAIEmbeddings(
        azure_endpoint=server.origin,
        azure_deployment="my-deployment",
        api_version=API_VERSION,
        api_key=SecretStr(KEY),
        http_client=wire.http,
    )
    documents = embeddings.embed_documents([*TEXTS, ""])
    assert_equal_to_the_last_bits(documents, encoder.encode([*TEXTS, ""]).vectors)
    paths = {request.url.path for request in wire.requests}
    assert paths == {"/openai/deployments/my-deployment/embeddings"}
