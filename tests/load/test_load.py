"""Sixteen clients for a minute, with all kinds of requests: no wrong answer, and flat memory."""

from __future__ import annotations

import base64
import itertools
import random
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from model_layer import Encoder
from tests.local_server import Server, start_server

pytestmark = pytest.mark.load

CLIENTS = 16
LEAST_SECONDS = 60
LEAST_REQUESTS = 10_000
MOST_SECONDS = 300
WARM = 2_000  # requests after which the memory should stay flat
MOST_GROWTH = 20  # MB


@dataclass(frozen=True)
class Kind:
    """A request and its expected answer."""

    body: dict[str, Any]
    status: int = 200
    texts: tuple[str, ...] = ()


KINDS = [
    *(Kind({"input": f"query number {n}"}, texts=(f"query number {n}",)) for n in range(10)),
    *(
        Kind({"input": [f"{n}", f"a {n}"], "encoding_format": "base64"}, texts=(f"{n}", f"a {n}"))
        for n in range(10)
    ),
    Kind({"input": [42562, 374, 459]}, texts=("Prem is an",)),
    Kind({"input": ["word " * 60, "", "word " * 60]}, texts=("word " * 60, "", "word " * 60)),
    Kind({"input": []}, 400),
    Kind({"input": "a", "dimensions": 0}, 400),
]


@pytest.fixture(scope="module")
def loaded() -> Iterator[Server]:
    with start_server() as server:
        yield server


def resident(pid: int) -> float:
    """The resident memory of a process, in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    (kilobytes,) = re.findall(r"VmRSS:\s+(\d+) kB", status)
    return int(kilobytes) / 1024


def check(response: httpx.Response, kind: Kind, expected: dict[str, bytes]) -> None:
    assert response.status_code == kind.status, response.text
    if kind.status == 200:
        data = response.json()["data"]
        assert [item["index"] for item in data] == list(range(len(kind.texts)))
        for item, text in zip(data, kind.texts, strict=True):
            row = item["embedding"]
            row = base64.b64decode(row) if isinstance(row, str) else np.array(row, "<f4").tobytes()
            assert row == expected[text]


def test_many_concurrent_clients_get_right_answers_from_flat_memory(
    loaded: Server, encoder: Encoder
) -> None:
    texts = sorted({text for kind in KINDS for text in kind.texts})
    vectors = encoder.encode(texts).vectors
    expected = {text: row.astype("<f4").tobytes() for text, row in zip(texts, vectors, strict=True)}
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
                kind = rng.choice(KINDS)
                check(http.post("/embeddings", json=kind.body), kind, expected)
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
