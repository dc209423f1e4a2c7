"""A server process answers whatever bytes arrive, and is as it was afterwards."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import httpx2
import pytest

from tests.fuzz.answers import Checks, check_error
from tests.fuzz.plan import MOST_GROWTH, numbers_for, run
from tests.fuzz.targets import routes_of
from tests.fuzz.texts import SECRET
from tests.fuzz.wire_bytes import Message, message
from tests.fuzz.wire_client import exchange
from tests.local_server import Server, start_server
from tests.memory import open_files, resident

pytestmark = pytest.mark.fuzz

MOST_SECONDS = 20.0


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("log") / "server.log"


@pytest.fixture(scope="module")
def fuzzed(store: str, log: Path) -> Iterator[Server]:
    with start_server(log, VECTOR_STORE=store) as server:
        warm = [f"{number} {'word ' * 250}" for number in range(20)]
        httpx2.post(f"{server.base_url}/embeddings", json={"input": warm}, timeout=60)
        yield server


@numbers_for("sockets")
def test_sockets(
    numbers: range, fuzzed: Server, api: ModuleType, checks: Checks, log: Path
) -> None:
    routes = routes_of(api.app)
    memory, files = resident(fuzzed.pid), open_files(fuzzed.pid)

    def draw(rng: random.Random) -> Message:
        return message(rng, routes)

    run("sockets", numbers, draw, lambda drawn: attempt(fuzzed, drawn, checks))
    ready = httpx2.get(f"{fuzzed.origin}/ready", timeout=MOST_SECONDS)
    assert ready.status_code == 200
    assert resident(fuzzed.pid) - memory < MOST_GROWTH
    assert open_files(fuzzed.pid) < files + 20
    check_log(log)


def attempt(server: Server, drawn: Message, checks: Checks) -> None:
    answers = exchange(server.port, drawn, seconds=MOST_SECONDS)
    if not drawn.requests:
        for answer in answers:
            assert answer.status < 500 or answer.status in (501, 505), answer
            if answer.status >= 400 and answer.content:
                check_error(answer)
        return
    for request, answer in zip(drawn.requests, answers, strict=False):
        checks.check(request, answer)


def check_log(log: Path) -> None:
    """The server's log so far has no secret, no traceback and no error."""
    for line in log.read_text().splitlines():
        assert SECRET not in line, line
        assert not line.startswith(("Traceback", "ERROR", "CRITICAL")), line
        if line.startswith("{"):
            assert json.loads(line).get("status", 200) < 500, line
