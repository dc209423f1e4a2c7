"""Requests are counted by route, method and status, and no client can make new series at will."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from handler.api import embeddings
from handler.http.app import create_app
from handler.http.host_check import HostCheck
from handler.metrics.requests import RequestMetrics
from handler.request_context import RequestContext
from handler.settings import Settings
from tests.handler.metrics.families import Scrape

EMBED = "/v1/embeddings"


class Counted:
    """An application, and what is counted of it."""

    def __init__(self, settings: Settings | None = None) -> None:
        self._registry = CollectorRegistry()
        metrics = RequestMetrics(self._registry)

        def guard(app: ASGIApp) -> ASGIApp:
            return HostCheck(app, allowed_hosts=["testserver"], allowed_origins=())

        app = create_app(embeddings, settings or Settings(), guard=guard, observe=metrics.observe)
        self.client = TestClient(app, raise_server_exceptions=False)

    @property
    def scrape(self) -> Scrape:
        return Scrape.of(self._registry)


@pytest.fixture
def counted() -> Counted:
    return Counted()


def test_a_request_is_counted_with_its_texts_and_its_time(counted: Counted) -> None:
    counted.client.post(EMBED, json={"input": ["hello", "word " * 300]})
    scrape = counted.scrape
    assert scrape.value("requests_total", route=EMBED, method="POST", status="200") == 1
    assert scrape.value("inputs_total", route=EMBED) == 2
    assert scrape.value("tokens_total", route=EMBED) == 3 + 256
    assert scrape.value("truncated_inputs_total", route=EMBED) == 1
    assert scrape.value("request_duration_seconds_count", route=EMBED) == 1
    whole = scrape.value("request_duration_seconds_sum", route=EMBED)
    assert whole is not None
    stages = ("wait", "parse", "decode", "tokenize", "run", "respond")
    assert scrape.labels("stage_duration_seconds_sum", "stage") == set(stages)
    sums = [scrape.value("stage_duration_seconds_sum", stage=stage) or 0.0 for stage in stages]
    assert all(seconds > 0 for seconds in sums)
    assert sum(sums) < whole < 60


def test_a_route_is_its_template(counted: Counted) -> None:
    for model in ("a", "b"):
        counted.client.get(f"/v1/models/{model}")
    labels = {"route": "/v1/models/{model:path}", "method": "GET", "status": "200"}
    assert counted.scrape.value("requests_total", **labels) == 2


def test_what_no_route_has_is_one_series(counted: Counted) -> None:
    for number in range(3):
        counted.client.get(f"/nothing/{number}")
        counted.client.request(f"M{number}", f"/nothing/{number}")
        counted.client.request(f"M{number}", EMBED)
    scrape = counted.scrape
    assert scrape.labels("requests_total", "route") == {"unknown", EMBED}
    assert scrape.labels("requests_total", "method") == {"GET", "other"}
    assert scrape.value("requests_total", route="unknown", method="other", status="404") == 3
    assert scrape.value("requests_total", route=EMBED, method="other", status="405") == 3


def test_refusals_have_the_code_or_else_the_type(counted: Counted) -> None:
    counted.client.post(EMBED, json={"input": 3})
    counted.client.get("/nothing")
    counted.client.get("/v1/models", headers={"host": "evil.example"})
    preflight = {"origin": "https://a.example", "access-control-request-method": "POST"}
    counted.client.options(EMBED, headers=preflight)
    counted.client.get("/health")
    scrape = counted.scrape
    codes = {"invalid_request_error", "unknown_url", "host_not_allowed", "cors_not_allowed"}
    assert scrape.labels("refusals_total", "code") == codes
    assert all(scrape.value("refusals_total", code=code) == 1 for code in codes)


def test_head_is_a_method_of_its_own(counted: Counted) -> None:
    counted.client.head("/health")
    labels = {"route": "/health", "method": "HEAD", "status": "200"}
    assert counted.scrape.value("requests_total", **labels) == 1


def test_a_request_without_texts_counts_none() -> None:
    registry = CollectorRegistry()
    RequestMetrics(registry).observe(RequestContext("a", "GET"), "/health", 200)
    scrape = Scrape.of(registry)
    assert scrape.value("requests_total", route="/health", method="GET", status="200") == 1
    assert scrape.labels("inputs_total", "route") == set()
