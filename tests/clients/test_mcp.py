"""The official clients of the Model Context Protocol, for Python and for TypeScript."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from mcp import Client

from handler.http.auth import hash_key
from handler.settings import Settings, SqliteAddress
from tests.clients.test_node import NODE, install, require_node
from tests.clients.wire import KEY
from tests.handler.vector_stores.store_routes import serve
from tests.library import CATS
from tests.local_server import Server, start_server

QUERY = "How long do felines rest?"


@pytest.fixture(scope="module")
def server(library: SqliteAddress) -> Iterator[Server]:
    with start_server(VECTOR_STORE=f"sqlite:///{library.path}") as server:
        yield server


@pytest.mark.parametrize("mode", ["auto", "legacy", "2026-07-28"])
def test_the_python_client_searches_and_fetches(server: Server, mode: Any) -> None:
    async def use() -> tuple[list[str], Any, Any]:
        async with Client(f"{server.origin}/mcp", mode=mode) as client:
            names = [tool.name for tool in (await client.list_tools()).tools]
            found = await client.call_tool("search", {"query": QUERY})
            best = found.structured_content["results"][0]
            return names, best, await client.call_tool("fetch", {"id": best["id"]})

    names, best, read = asyncio.run(use())
    assert names == ["search", "fetch"]
    assert (best["id"], best["title"]) == (CATS.id, CATS.name)
    assert json.loads(read.content[0].text)["text"].strip() == CATS.chunks[0]


def test_the_typescript_client_searches_and_fetches(server: Server) -> None:
    node = require_node()
    install()
    done = subprocess.run(
        [node, str(NODE / "mcp.mjs"), f"{server.origin}/mcp", QUERY],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["tools"] == ["search", "fetch"]
    assert answer["found"]["results"][0]["id"] == CATS.id
    assert answer["read"]["text"].strip() == CATS.chunks[0]


def test_a_client_without_a_key_is_refused(library: SqliteAddress) -> None:
    closed = serve(Settings(vector_store=library, key_hashes={"tests": hash_key(KEY)}))
    ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    assert closed.post("/mcp", json=ping).status_code == 401
    answer = closed.post("/mcp", json=ping, headers={"authorization": f"Bearer {KEY}"})
    assert answer.json()["result"] == {}
    # Neither a stream nor a session: the clients then do without.
    assert closed.get("/mcp").status_code == closed.delete("/mcp").status_code == 405


def test_the_setting_switches_it_off(library: SqliteAddress) -> None:
    without = serve(Settings(vector_store=library, mcp=False))
    assert without.post("/mcp", json={}).status_code == 404
