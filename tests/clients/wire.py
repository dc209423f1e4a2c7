"""What clients send, and how the tests call them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import openai

T = TypeVar("T")

KEY = "random-string"  # clients need one; by default, the server does not
API_VERSION = "2024-10-21"  # Azure's clients need one


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """The coroutine's result, from a thread: `asyncio.run` removes its thread's event loop, and
    Mangum needs the one of the main thread.
    """
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


@dataclass(frozen=True)
class Wire:
    """Records the requests that a client sends through `http`."""

    http: openai.DefaultHttpxClient
    requests: list[Any]  # of the HTTP library that openai uses

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(request.content) for request in self.requests]
