"""A run: a server with a new store, and all calls to it."""

from __future__ import annotations

from pathlib import Path

import openai

from tests.clients.wire import KEY
from tests.conformance.calls import call_everything
from tests.conformance.record import Record
from tests.conformance.specification import Specification
from tests.local_server import start_server


def run(specification: Specification, store: str) -> Record:
    """What came of all calls. store: the file, which does not exist yet."""
    record = Record(specification)
    hooks = {"response": [record.note]}
    log = Path(store).with_name("server.log")
    with start_server(log, VECTOR_STORE=f"sqlite:///{store}") as server:
        with (
            openai.DefaultHttpxClient(event_hooks=hooks) as http,
            openai.OpenAI(
                base_url=server.base_url, api_key=KEY, http_client=http, max_retries=0
            ) as client,
        ):
            call_everything(client, record)
    return record
