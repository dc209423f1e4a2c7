"""/metrics, of a server as `make serve` starts it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from openai import OpenAI
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from handler.http.auth import hash_key
from tests.handler.metrics.families import Scrape
from tests.local_server import Server, start_server

OPEN_METRICS = "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"


@pytest.fixture(scope="module")
def metered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a store of its own."""
    path = tmp_path_factory.mktemp("store") / "documents.sqlite"
    with start_server(VECTOR_STORE=f"sqlite:///{path}") as server:
        yield server


def scrape(server: Server) -> Scrape:
    answer = httpx.get(f"{server.origin}/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return Scrape(answer.text)


def test_a_request_shows_in_the_next_scrape(metered: Server) -> None:
    scrapes = {"route": "/metrics", "method": "GET", "status": "200"}
    before = scrape(metered)
    httpx.post(f"{metered.base_url}/embeddings", json={"input": ["a", "b"]})
    after = scrape(metered)
    labels = {"route": "/v1/embeddings", "method": "POST", "status": "200"}
    for counted in (labels, scrapes):
        earlier = before.value("requests_total", **counted) or 0
        assert after.value("requests_total", **counted) == earlier + 1
    assert after.value("requests_in_progress") == 1  # the scrape
    assert (after.value("open_connections") or 0) >= 1
    assert ("process_resident_memory_bytes", frozenset()) in after.samples


def test_a_strange_accept_header_gets_text(metered: Server) -> None:
    headers = {"accept": "application/openmetrics-text; version=abc"}
    answer = httpx.get(f"{metered.origin}/metrics", headers=headers)
    assert (answer.status_code, answer.headers["content-type"][:10]) == (200, "text/plain")


def test_a_document_is_counted_where_it_goes(metered: Server) -> None:
    client = OpenAI(base_url=metered.base_url, api_key="a")
    store = client.vector_stores.create(name="a")
    for name, text in (("good.txt", b"A cat sleeps."), ("bad.pdf", b"%PDF-1.7 nothing")):
        client.vector_stores.files.upload_and_poll(vector_store_id=store.id, file=(name, text))
    until = time.monotonic() + 20  # the worker counts once it is done with the task
    while (seen := scrape(metered)).value("documents_total", result="failed") is None:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert seen.value("documents_total", result="ingested") == 1
    assert seen.value("document_failures_total", code="invalid_file") == 1
    assert seen.value("ingested_chunks_total") == 1
    assert seen.value("store_up") == 1
    assert seen.value("made_vector_stores") == 1
    assert seen.value("store_files", status="completed") == 1
    assert seen.value("store_chunks") == 1


def test_open_metrics_are_given_if_asked_for(metered: Server) -> None:
    answer = httpx.get(f"{metered.origin}/metrics", headers={"accept": OPEN_METRICS})
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    families = text_string_to_metric_families(answer.text)  # type: ignore[no-untyped-call]
    names = {family.name for family in families}
    assert {"minilm_requests", "minilm_model", "minilm_request_duration_seconds"} <= names


def test_what_is_no_http_is_counted(metered: Server) -> None:
    with httpx.Client() as client:
        client.get(f"{metered.origin}/health", headers={"x-large": "a" * 200_000})
    refused = scrape(metered).value("connection_refusals_total", code="invalid_request_error")
    assert refused == 1


def test_the_description_has_the_route(metered: Server) -> None:
    paths = httpx.get(f"{metered.origin}/openapi.json").json()["paths"]
    assert "text/plain" in paths["/metrics"]["get"]["responses"]["200"]["content"]


def test_keys_and_damaged_stores(tmp_path: Path) -> None:
    path = tmp_path / "documents.sqlite"
    path.write_bytes(b"not a database, and long enough to be seen as none at all")
    settings = {"API_KEY_HASHES": hash_key("secret"), "VECTOR_STORE": f"sqlite:///{path}"}
    with start_server(**settings) as server:
        assert httpx.get(f"{server.origin}/metrics").status_code == 401
        answer = httpx.get(f"{server.origin}/metrics", headers={"authorization": "Bearer secret"})
    seen = Scrape(answer.text)
    assert seen.value("store_up") == 0
    assert seen.value("refusals_total", code="invalid_api_key") == 1


def test_lambda_has_no_such_route() -> None:
    from starlette.testclient import TestClient

    from handler.api import app

    assert TestClient(app).get("/metrics").status_code == 404
