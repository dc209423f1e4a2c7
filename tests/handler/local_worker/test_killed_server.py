"""A server that was killed goes on after its restart; one that was stopped, too."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from handler.ingestion.leases import SystemClock
from handler.settings import SqliteAddress
from handler.stores.row import Row
from handler.stores.sqlite.storage import SqliteStorage
from model_layer import Encoder
from tests.handler.ingestion.uploads import Api
from tests.local_server import start_server

SECONDS = 60.0  # that a test waits, at most
# Some 200 chunks, which take some ten seconds, and several writes.
LARGE = "\n\n".join(
    f"Paragraph {number}: " + " ".join(f"sentence {number}-{n} says little." for n in range(30))
    for number in range(160)
).encode()


def wait_for(value: Callable[[], Row], holds: Callable[[Row], object]) -> Row:
    until = time.monotonic() + SECONDS
    while not holds(row := value()):
        assert time.monotonic() < until, row
        time.sleep(0.02)
    return row


@pytest.mark.parametrize(
    "how", [signal.SIGKILL, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)]
)
def test_a_document_is_finished_by_the_next_server(
    tmp_path: Path, encoder: Encoder, how: signal.Signals
) -> None:
    path = tmp_path / "documents.sqlite"
    settings = {"VECTOR_STORE": f"sqlite:///{path}"}
    log = tmp_path / "log"
    with start_server(log, **settings) as server:
        assert httpx.get(f"{server.origin}/health").status_code == 200
        assert not path.exists()  # a server makes no file just by starting
        api = Api(
            SqliteStorage(SqliteAddress(str(path))), SystemClock(), encoder.bundle.fingerprint
        )
        store, file = api.new_store(), api.upload(LARGE, filename="large.txt")
        api.attach(store, file)
        half = wait_for(lambda: api.row(store, file.id), lambda row: row.written)
        assert server.stop(how, patience=20) < 9
    assert half.status == "in_progress"
    assert api.found(store) == []
    before = api.row(store, file.id)
    with start_server(log, **settings):
        row = wait_for(lambda: api.row(store, file.id), lambda row: row.status != "in_progress")
    # It went on where the other one was, and did not wait until its leases ran out.
    assert (row.status, row.generation) == ("completed", before.generation)
    assert before.written < row.written
    assert api.records(store) == row.chunks
    assert api.item(store).counts.completed == 1


def test_searches_are_answered_while_documents_are_ingested(
    tmp_path: Path, encoder: Encoder
) -> None:
    path = tmp_path / "documents.sqlite"
    with start_server(tmp_path / "log", VECTOR_STORE=f"sqlite:///{path}") as server:
        api = Api(
            SqliteStorage(SqliteAddress(str(path))), SystemClock(), encoder.bundle.fingerprint
        )
        store = api.new_store()
        # Many, so that the last is far from done on any machine once the questions are answered.
        files = [api.upload(LARGE, filename=f"{number}.txt") for number in range(12)]
        for file in files:
            api.attach(store, file)
        wait_for(lambda: api.row(store, files[0].id), lambda row: row.written)
        body = {"input": "How long does a search wait?", "model": "x"}
        for _ in range(10):
            assert httpx.post(f"{server.base_url}/embeddings", json=body).status_code == 200
        assert api.row(store, files[-1].id).status == "in_progress"
