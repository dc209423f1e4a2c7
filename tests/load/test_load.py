"""Sixteen clients for a minute, with all kinds of requests: no wrong answer, and flat memory."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from model_layer import Encoder
from tests.load.kinds import KINDS, check, expected_of
from tests.local_server import Server, start_server
from tests.memory import resident

pytestmark = pytest.mark.load

CLIENTS = 16
LEAST_SECONDS = 60
LEAST_REQUESTS = 10_000
MOST_SECONDS = 300
WARM = 2_000  # requests after which the memory should stay flat
MOST_GROWTH = 20  # MB


@pytest.fixture(scope="module")
def loaded() -> Iterator[Server]:
    with start_server() as server:
        yield server


def test_many_concurrent_clients_get_right_answers_from_flat_memory(
    loaded: Server, encoder: Encoder
) -> None:
    kinds = expected_of(KINDS, encoder)
    numbers = itertools.count()  # `next` is atomic
    memory: list[float] = []
    started = time.monotonic()

    def client(seed: int) -> int:
        rng, done = random.Random(seed), 0
        with httpx.Client(base_url=loaded.base_url, timeout=60) as http:
            for number in numbers:
                seconds = time.monotonic() - started
                if (seconds > LEAST_SECONDS and number >= LEAST_REQUESTS) or seconds > MOST_SECONDS:
                    break
                kind = rng.choice(kinds)
                check(http.post("/embeddings", json=kind.body), kind)
                done += 1
                if number == WARM:
                    memory.append(resident(loaded.pid))
        return done

    with ThreadPoolExecutor(CLIENTS) as pool:
        done = sum(pool.map(client, range(CLIENTS)))  # raises a client's error
    grown = resident(loaded.pid) - memory[0]
    print(
        f"{done} requests in {time.monotonic() - started:.0f} s, {grown:+.1f} MB since the {WARM}th"
    )
    assert done >= LEAST_REQUESTS
    assert grown < MOST_GROWTH
