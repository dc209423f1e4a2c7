"""`make serve`, whole: refusals reach real clients, and idle connections are kept."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request

import pytest

from handler.limits import MAX_BODY
from tests.local_server import Server

LARGE = b" " * (MAX_BODY + 700_000)


@pytest.mark.parametrize(("path", "status"), [("/v1/embeddings", 413), ("/v1/nothing", 404)])
def test_urllib_reads_the_refusal_of_a_large_body(server: Server, path: str, status: int) -> None:
    for _ in range(3):
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(f"{server.origin}{path}", LARGE, timeout=20)
        with caught.value as answer:
            assert answer.code == status
            assert json.load(answer)["error"]["message"]


@pytest.mark.slow
def test_a_connection_can_be_used_after_six_idle_seconds(server: Server) -> None:
    """Pooled clients keep theirs for four to five seconds, or until the server closes it."""
    connection = http.client.HTTPConnection("localhost", server.port, timeout=20)
    for seconds in (0, 6):
        time.sleep(seconds)
        connection.request("POST", "/v1/embeddings", b'{"input": "a"}')
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200
    connection.close()
