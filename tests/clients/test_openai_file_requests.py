"""openai for Python: `files` over the wire, page by page and many at a time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import openai
import pytest

from handler.limits import MAX_DOCUMENT
from tests.clients.wire import KEY, Wire, run
from tests.local_server import Server, start_server


@pytest.fixture(scope="module")
def store_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    path = tmp_path_factory.mktemp("store") / "documents.sqlite"
    with start_server(VECTOR_STORE=f"sqlite:///{path}") as server:
        yield server


@pytest.fixture
def client(store_server: Server) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=store_server.base_url, api_key=KEY) as client:
        yield client


def test_files_are_listed_page_by_page_and_deleted(store_server: Server, wire: Wire) -> None:
    with openai.OpenAI(
        base_url=store_server.base_url, api_key=KEY, http_client=wire.http
    ) as client:
        made = [client.files.create(file=b"x", purpose="vision").id for _ in range(5)]
        before = len(wire.requests)
        assert [one.id for one in client.files.list(purpose="vision", limit=2)] == made[::-1]
        assert len(wire.requests) - before == 3
        for file_id in made:
            deleted = client.files.delete(file_id)
            assert (deleted.id, deleted.object, deleted.deleted) == (file_id, "file", True)
        assert client.files.list(purpose="vision").data == []
        with pytest.raises(openai.NotFoundError, match="No such File object"):
            client.files.content(made[0])


def test_the_async_client_streams_a_file(store_server: Server, tmp_path: Path) -> None:
    async def copy() -> None:
        async with openai.AsyncOpenAI(base_url=store_server.base_url, api_key=KEY) as client:
            file = await client.files.create(file=bytes(3_000_000), purpose="batch")
            async with client.files.with_streaming_response.content(file.id) as answer:
                await answer.stream_to_file(tmp_path / "copy")

    run(copy())
    assert (tmp_path / "copy").read_bytes() == bytes(3_000_000)


def test_a_refusal_is_not_retried(store_server: Server, wire: Wire) -> None:
    with openai.OpenAI(
        base_url=store_server.base_url, api_key=KEY, http_client=wire.http
    ) as client:
        with pytest.raises(openai.BadRequestError, match="it must be one of assistants"):
            client.files.create(file=b"x", purpose="odd")  # type: ignore[arg-type]
        with pytest.raises(openai.APIStatusError, match="the limit is 52,494,336"):
            client.files.create(file=bytes(MAX_DOCUMENT + 70_000), purpose="batch")
    assert len(wire.requests) == 2


def test_many_large_files_at_once_take_little_memory_and_keep_nobody_waiting(
    client: openai.OpenAI, store_server: Server
) -> None:
    content = bytes(MAX_DOCUMENT)
    client.files.create(file=content, purpose="batch")
    before = peak_memory(store_server.pid)
    waited = []
    with ThreadPoolExecutor(6) as pool:
        uploads = [
            pool.submit(client.files.create, file=content, purpose="batch") for _ in range(6)
        ]
        while not all(upload.done() for upload in uploads):
            started = time.monotonic()
            client.models.list()
            waited.append(time.monotonic() - started)
        assert {upload.result().bytes for upload in uploads} == {MAX_DOCUMENT}
    assert peak_memory(store_server.pid) - before < 2 * MAX_DOCUMENT / 1000
    assert sorted(waited)[len(waited) // 2] < 1


def peak_memory(pid: int) -> int:
    """The most memory that a process has had, in kB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])
