"""For all clients: texts, their vectors, and an HTTP client that records its requests."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import openai
import pytest
from numpy.typing import NDArray

from model_layer import Encoder

T = TypeVar("T")

KEY = "random-string"  # clients need one; by default, the server does not
API_VERSION = "2024-10-21"  # Azure's clients need one
# The third has more than the model's 256 tokens.
TEXTS = ["a cat", "two lines\nof Größe 你好 🚀", "x " * 300]


def many(count: int) -> list[str]:
    """`count` texts of 23 kinds: cheap to encode, and consecutive batches begin differently."""
    return [f"document {number % 23}\nin Größe 你好 🚀" for number in range(count)]


def vectors_of(encoder: Encoder, texts: Sequence[str]) -> NDArray[np.float32]:
    """The encoder's vectors, in the order of the texts; equal texts are encoded once."""
    distinct = list(dict.fromkeys(texts))
    row = {text: number for number, text in enumerate(distinct)}
    return encoder.encode(distinct).vectors[[row[text] for text in texts]]


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """The coroutine's result, from a thread: `asyncio.run` removes its thread's event loop, and
    Mangum needs the one of the main thread.
    """
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


def as_rows(vectors: Sequence[Sequence[float]]) -> NDArray[np.float32]:
    return np.array(vectors, np.float32)


def assert_equal_to_the_last_bits(
    rows: Sequence[Sequence[float]], expected: NDArray[np.floating[Any]]
) -> None:
    """For clients that compute with the vectors in float64 or normalize them again."""
    np.testing.assert_allclose(as_rows(rows), expected, atol=1e-6)


@dataclass(frozen=True)
class Wire:
    """Records the requests that a client sends through `http`."""

    http: openai.DefaultHttpxClient
    requests: list[Any]  # of the HTTP library that openai uses

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(request.content) for request in self.requests]


@pytest.fixture
def wire() -> Iterator[Wire]:
    requests: list[Any] = []
    hooks = {"request": [requests.append]}
    with openai.DefaultHttpxClient(event_hooks=hooks) as http:
        yield Wire(http, requests)
