"""llama-index-embeddings-openai and -openai-like. They send texts, with spaces for newlines."""

from __future__ import annotations

from typing import Any

import numpy as np
import openai
import pytest
from llama_index.embeddings.openai import OpenAIEmbedding
from llama_index.embeddings.openai_like import OpenAILikeEmbedding

from model_layer import Encoder
from tests.clients.texts import as_rows, many, vectors_of
from tests.clients.wire import KEY, Wire, run
from tests.local_server import Server

# Enough for several batches: by default, one sends 100 texts at once and the other 10.
TEXTS = many(130)
AS_SENT = [text.replace("\n", " ") for text in TEXTS]

EACH = pytest.mark.parametrize(
    ("kind", "batch"),
    [
        pytest.param(OpenAIEmbedding, 100, id="openai"),
        pytest.param(OpenAILikeEmbedding, 10, id="openai-like"),
    ],
)


def embedding_of(kind: type[OpenAIEmbedding], server: Server, **settings: Any) -> OpenAIEmbedding:
    return kind(model_name="all-MiniLM-L6-v2", api_base=server.base_url, api_key=KEY, **settings)


@EACH
def test_the_defaults_embed_texts_in_batches(
    server: Server, encoder: Encoder, wire: Wire, kind: type[OpenAIEmbedding], batch: int
) -> None:
    embedding = embedding_of(kind, server, http_client=wire.http)
    rows = embedding.get_text_embedding_batch(TEXTS)
    np.testing.assert_array_equal(as_rows(rows), vectors_of(encoder, AS_SENT))
    inputs = [body["input"] for body in wire.bodies]
    assert inputs == [AS_SENT[start : start + batch] for start in range(0, len(TEXTS), batch)]
    assert {body["encoding_format"] for body in wire.bodies} == {"base64"}


@EACH
def test_a_text_and_a_query_are_embedded(
    server: Server, encoder: Encoder, kind: type[OpenAIEmbedding], batch: int
) -> None:
    embedding = embedding_of(kind, server)
    rows = [embedding.get_text_embedding(TEXTS[0]), embedding.get_query_embedding(TEXTS[1])]
    np.testing.assert_array_equal(as_rows(rows), encoder.encode(AS_SENT[:2]).vectors)


@EACH
def test_the_async_methods_give_the_same_vectors(
    server: Server, encoder: Encoder, kind: type[OpenAIEmbedding], batch: int
) -> None:
    async def embed() -> list[list[float]]:
        async with openai.DefaultAsyncHttpxClient() as http:
            embedding = embedding_of(kind, server, async_http_client=http)
            rows = await embedding.aget_text_embedding_batch(TEXTS)
            return [*rows, await embedding.aget_query_embedding(TEXTS[0])]

    expected = vectors_of(encoder, [*AS_SENT, AS_SENT[0]])
    np.testing.assert_array_equal(as_rows(run(embed())), expected)


@EACH
def test_an_empty_text_among_others_is_embedded(
    server: Server, encoder: Encoder, kind: type[OpenAIEmbedding], batch: int
) -> None:
    rows = embedding_of(kind, server).get_text_embedding_batch(["a", "", "b"])
    np.testing.assert_array_equal(as_rows(rows), encoder.encode(["a", "", "b"]).vectors)


@EACH
def test_dimensions_shorten_the_vectors(
    server: Server, encoder: Encoder, kind: type[OpenAIEmbedding], batch: int
) -> None:
    row = embedding_of(kind, server, dimensions=128).get_text_embedding("a cat")
    expected = encoder.encode(["a cat"]).vectors[0, :128]
    np.testing.assert_allclose(row, expected / np.linalg.norm(expected), atol=1e-7)
