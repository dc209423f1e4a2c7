"""The request bodies of clients that are not installed here.

LiteLLM needs huggingface-hub below 2, which other tests cannot use; Chroma brings Kubernetes and
gRPC. Both send through the OpenAI client, so only the bodies are theirs: they are those of LiteLLM
1.109.1 (main.py, llms/openai/openai.py) and Chroma 1.5.9
(utils/embedding_functions/openai_embedding_function.py).
"""

from __future__ import annotations

import base64
from typing import Any

import httpx2
import numpy as np
import pytest

from model_layer import Encoder
from tests.clients.texts import TEXTS, as_rows, many, vectors_of
from tests.local_server import Server

PREM = "Prem is an easy to use open source AI platform."
# The body and the path of the test of the original service.
PREM_BODY = {
    "model": "all-MiniLM-L6-v2",
    "input": [
        [42562.0, 374.0, 459.0, 4228.0, 311.0, 1005.0, 1825.0, 2592.0, 15592.0, 5452.0, 13.0]
    ],
}


def rows_of(server: Server, body: dict[str, Any], path: str = "/v1/embeddings") -> list[Any]:
    response = httpx2.post(f"{server.origin}{path}", json=body, timeout=60)
    assert response.status_code == 200, response.text
    answer = response.json()
    assert [item["index"] for item in answer["data"]] == list(range(len(answer["data"])))
    return [item["embedding"] for item in answer["data"]]


def test_the_test_of_the_original_service_passes(server: Server, encoder: Encoder) -> None:
    rows = rows_of(server, PREM_BODY, "/v1/engines/text-embedding-ada-002/embeddings")
    np.testing.assert_array_equal(as_rows(rows), encoder.encode([PREM]).vectors)


@pytest.mark.parametrize("value", [TEXTS, TEXTS[0]], ids=["list", "string"])
def test_litellm_names_no_format_and_gets_numbers(
    server: Server, encoder: Encoder, value: str | list[str]
) -> None:
    """It bypasses the OpenAI client's default, so the server's default must be float."""
    rows = rows_of(server, {"model": "all-MiniLM-L6-v2", "input": value})
    expected = encoder.encode([value] if isinstance(value, str) else value).vectors
    np.testing.assert_array_equal(as_rows(rows), expected)


def test_chroma_sends_all_documents_in_one_request(server: Server, encoder: Encoder) -> None:
    texts = many(300)
    body = {"input": texts, "model": "text-embedding-ada-002", "encoding_format": "base64"}
    rows = [np.frombuffer(base64.b64decode(row), "<f4") for row in rows_of(server, body)]
    np.testing.assert_array_equal(np.stack(rows), vectors_of(encoder, texts))


def test_nulls_from_a_proxy_are_accepted(server: Server, encoder: Encoder) -> None:
    nothing = {"user": None, "dimensions": None, "encoding_format": None}
    rows = rows_of(server, {"model": "m", "input": TEXTS, **nothing})
    np.testing.assert_array_equal(as_rows(rows), encoder.encode(TEXTS).vectors)
